"""From regrets to the arena's tables and verdicts (README.md, "Verdicts")."""
import protocol
from arena import APART, BUDGETS, FAMILIES, HEADLINE, problem_in

GOAL_RATIO, GOAL_FAMILY, GOAL_APART = 0.80, 1.1, 1.0


class Figures:
    """Regrets of a set of problems after one budget. Problems weigh the same."""

    def __init__(self, results, names, budget):
        column = BUDGETS.index(budget)
        self.regrets = {kind: [[regrets[column] for _, regrets in sorted(results[name][kind].items())]
                               for name in names] for kind in results[names[0]]}
        self.means = {kind: protocol.mean([protocol.mean(row) for row in rows]) for kind, rows in self.regrets.items()}
        self.seeds = len(self.regrets["optuna"][0])

    @property
    def ratio(self):
        return protocol.ratio(self.regrets["ours"], self.regrets["optuna"])

    @property
    def geometric(self):
        return protocol.geometric(self.regrets["ours"], self.regrets["optuna"])

    def line(self, label):
        words = "".join(f"{self.means.get(kind, float('nan')):9.4f}" for kind in ("ours", "optuna", "random"))
        if "ours" not in self.means:
            return f"{label:38}{words}"
        return f"{label:38}{words}{str(self.ratio):>20}{str(self.geometric):>20}"


HEAD = (f"{'regret after trials, by family':38}{'ours':>9}{'optuna':>9}{'random':>9}"
        f"{'ratio [90 %]':>20}{'geometric [90 %]':>20}")


def print_mode(mode, results, each_problem):
    """Prints the mode's table and gives back the lines of the headline and of the families, by budget."""
    families = {family: [name for name in results if problem_in(name, mode).family == family] for family in FAMILIES}
    families = {family: names for family, names in families.items() if names}
    headline = [name for family in HEADLINE for name in families.get(family, ())]
    print(f"\n{mode.name}\n{HEAD}")
    figures = {}
    for budget in BUDGETS:
        figures[budget] = {family: Figures(results, names, budget) for family, names in families.items()}
        if headline:
            figures[budget]["headline"] = Figures(results, headline, budget)
        for family, found in figures[budget].items():
            print(found.line(f"{budget} {family}"))
            for name in families.get(family, ()) if each_problem else ():
                print(Figures(results, [name], budget).line(f"    {name}"))
    return figures


def judge_mode(mode, figures, verdict):
    """The headline and its worst family; what stands apart, apart and without a margin."""
    for budget, found in figures.items():
        trials = f"{mode.name}, {budget} trials"
        families = [family for family in found if family in HEADLINE]
        if families:
            judge(verdict, f"{trials}: regret, Optuna's = 1", found["headline"], GOAL_RATIO)
            worst = max(families, key=lambda family: found[family].ratio.value)
            judge(verdict, f"    {trials}: the worst family", found[worst], GOAL_FAMILY, f"{worst}, ")
        for family in APART:
            if family in found:
                judge(verdict, f"    {trials}: {family}, apart", found[family], GOAL_APART, margin=False)


def judge(verdict, claim, figures, goal, words="", margin=True):
    ratio = figures.ratio
    few = "" if figures.seeds >= protocol.SEEDS_MIN else f", {figures.seeds} seeds alone"
    verdict.judge(claim, f"{words}{ratio}{few}", f"upper end below {goal:.2f}",
                  protocol.passed(ratio, goal) and not few, ratio.value, goal / ratio.high if margin else None)
