"""From regrets to the arena's tables: means by family, ratios, and paired tests."""
import math

import numpy
from scipy import stats

from arena import BUDGETS, FAMILIES, problem_in

GOAL_RATIO, GOAL_FAMILY, GOAL_P = 0.80, 1.1, 0.01


class Figures:
    """Mean regrets of a set of problems after one budget. Problems weigh the same. The test is Wilcoxon's
    signed rank on the pairs (problem, seed), two-sided."""

    def __init__(self, results, names, budget):
        column = BUDGETS.index(budget)
        self.regrets = {kind: numpy.array([[regrets[column] for _, regrets in sorted(results[name][kind].items())]
                                           for name in names]) for kind in results[names[0]]}
        self.means = {kind: float(regrets.mean()) for kind, regrets in self.regrets.items()}

    @property
    def ratio(self):
        return self.means["ours"] / max(self.means["optuna"], 1e-12)

    @property
    def p(self):
        differences = (self.regrets["ours"] - self.regrets["optuna"]).ravel()
        return float(stats.wilcoxon(differences).pvalue) if differences.any() else 1.0

    @property
    def problems_ratio(self):
        """The geometric mean of the problems' ratios: no problem weighs more for being hard."""
        ours, optuna = (self.regrets[kind].mean(axis=1) + 1e-4 for kind in ("ours", "optuna"))
        return math.exp(numpy.log(ours / optuna).mean())

    def line(self, label):
        words = "".join(f"{self.means.get(kind, math.nan):9.4f}" for kind in ("ours", "optuna", "random"))
        if "ours" not in self.means:
            return f"{label:38}{words}"
        return f"{label:38}{words}{self.ratio:8.2f}x{self.problems_ratio:8.2f}x  {self.p:.1e}"


HEAD = (f"{'regret after trials, by family':38}{'ours':>9}{'optuna':>9}{'random':>9}{'ratio':>9}{'geom.':>9}"
        f"  p (Wilcoxon)")


def print_mode(mode, results, each_problem):
    """Prints the mode's table and gives back the lines of the arena and of its families, by budget."""
    families = {family: [name for name in results if problem_in(name, mode).family == family] for family in FAMILIES}
    families = {family: names for family, names in families.items() if names}
    print(f"\n{mode.name}\n{HEAD}")
    figures = {}
    for budget in BUDGETS:
        figures[budget] = {family: Figures(results, names, budget) for family, names in families.items()}
        figures[budget]["arena"] = Figures(results, sorted(results), budget)
        for family, found in figures[budget].items():
            print(found.line(f"{budget} {family}"))
            for name in families.get(family, ()) if each_problem else ():
                print(Figures(results, [name], budget).line(f"    {name}"))
    return figures


def judge_mode(mode, figures, verdict):
    for budget, found in figures.items():
        arena = found["arena"]
        worst = max((family for family in found if family != "arena"), key=lambda family: found[family].ratio)
        verdict.judge(f"{mode.name}, {budget} trials: regret, Optuna's = 1", f"{arena.ratio:.2f}x, p = {arena.p:.0e}",
                      f"{GOAL_RATIO:.2f}x, p < {GOAL_P}", arena.ratio <= GOAL_RATIO and arena.p < GOAL_P,
                      arena.ratio, GOAL_RATIO / arena.ratio)
        verdict.judge(f"    {mode.name}, {budget} trials: the worst family", f"{worst}, {found[worst].ratio:.2f}x",
                      f"at most {GOAL_FAMILY}x", found[worst].ratio <= GOAL_FAMILY, found[worst].ratio,
                      GOAL_FAMILY / found[worst].ratio)
