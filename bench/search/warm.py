"""Warm start: a search that is told of earlier ones (`--earlier`) beside the same search that is not.

Related cases have an earlier objective of the same family: another data set in the same table's space, or a
function whose valley lies up to a tenth of each range elsewhere. Misleading ones are reversed, have their best
point in another corner, or are noise. An earlier search is ours, from another seed."""
import dataclasses
import functools
import pathlib
import tempfile

import numpy
from scipy import stats

import arena
import space as spaces
import tables
import tools
from problem import generator_of

EARLIER_TRIALS, TRIALS, BUDGETS = 50, 20, (5, 10, 20)
GOAL, GOAL_MISLEADING, BUDGET = 0.8, 1.05, 10
SHIFTED = ("branin", "hartmann6", "ackley5", "rosenbrock4", "rotated_ellipsoid5", "conditional_network", "memory_ladder")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    kind: str      # related, misleading
    earlier: list  # problems
    now: object


def shifted(problem, name, reach):
    """Its valley elsewhere: each range is looked at from up to `reach` of it away; `reach` may be a pair."""
    low, high = reach if isinstance(reach, tuple) else (0, reach)
    generator = generator_of(name)
    shifts = {parameter.name: generator.choice((-1, 1)) * generator.uniform(low, high)
              for parameter in problem.space if not (parameter.values or parameter.whole or parameter.when)}
    parameters = {parameter.name: parameter for parameter in problem.space}

    def moved(point):
        return {key: parameters[key].at(parameters[key].place(value) + shifts[key]) if key in shifts else value
                for key, value in point.items()}
    return dataclasses.replace(problem, name=name, value=lambda point: problem.value(moved(point)), observe=None)


def reversed_of(problem):
    observe = problem.observe or (lambda point, seed, repeat: problem.value(point))
    return dataclasses.replace(problem, name=f"{problem.name} reversed", value=lambda point: -problem.value(point),
                               observe=lambda *key: -observe(*key))


def noise(problem):
    return dataclasses.replace(problem, name=f"{problem.name} noise", observe=None, fails=lambda point: False,
                               value=lambda point: generator_of("noise", spaces.key_of(point)).normal())


def table_cases():
    """Tables with the same space: of each group, one comes now and the others came earlier."""
    here = tables.FOLDER.parent
    for group in (("curves/curves_digits", "curves/curves_diabetes"), ("tables/forest_digits", "warm/forest_cancer"),
                  ("tables/network_cancer", "warm/network_wine")):
        paths = [here / name for name in group]
        problems = [tables.read(path.name, path.parent).problem(path.name, "tables")[0] for path in paths]
        for now in problems:
            yield Case(f"{now.name}, other data", "related", [other for other in problems if other is not now], now)


@functools.cache
def cases():
    """By name."""
    problems = {name: problem for name, (problem, _) in arena.problems().items()}
    made = [Case(f"{name}, shifted", "related", [shifted(problems[name], f"{name} shifted", 0.1)], problems[name])
            for name in SHIFTED]
    made += [Case(f"{name}, three shifted", "related",
                  [shifted(problems[name], f"{name} shifted {index}", 0.15) for index in range(3)], problems[name])
             for name in ("hartmann6", "conditional_network")]
    made += table_cases()
    made += [Case(f"{name}, reversed", "misleading", [reversed_of(problems[name])], problems[name])
             for name in ("hartmann6", "ackley5", "conditional_network", "forest_digits", "network_cancer", "memory_ladder")]
    made += [Case(f"{name}, other corner", "misleading", [shifted(problems[name], f"{name} far", (0.35, 0.5))], problems[name])
             for name in ("branin", "hartmann6", "ackley5", "rotated_ellipsoid5")]
    made += [Case(f"{name}, noise", "misleading", [noise(problems[name])], problems[name])
             for name in ("hartmann6", "network_digits", "forest_digits")]
    made += [Case("hartmann6, one of two reversed", "related",
                  [reversed_of(problems["hartmann6"]), shifted(problems["hartmann6"], "hartmann6 shifted", 0.1)],
                  problems["hartmann6"])]
    return {case.name: case for case in made}


def play(problem, seed, arguments, trials=TRIALS, budgets=BUDGETS):
    """The regrets of what is recommended after each of the budgets."""
    tool, seen, regrets = tools.Ours(tools.Search(problem.space, seed, EARLIER_TRIALS), *arguments), {}, []
    try:
        for ended in range(1, trials + 1):
            trial, point = tool.ask()
            key = spaces.key_of(point)
            value = problem.outcome(point, seed, seen.get(key, 0))
            seen[key] = seen.get(key, 0) + 1
            tool.tell(trial, value, tools.OUT_OF_MEMORY if value is None else None)
            if ended in budgets:
                regrets.append(problem.regret(tool.best()))
        return regrets
    finally:
        tool.close()


def play_case(task):
    name, seed = task
    case = cases()[name]
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / f"{index}.jsonl" for index in range(len(case.earlier))]
        for file, problem in zip(files, case.earlier):
            play(problem, 1000 + seed, ["--history", str(file)], EARLIER_TRIALS, ())
        told = [word for file in files for word in ("--earlier", str(file))]
        return name, play(case.now, seed, []), play(case.now, seed, told)


def line(label, cold, warm):
    words, p = "", 1.0
    for column, budget in enumerate(BUDGETS):
        words += f"{cold[:, column].mean():9.4f}{warm[:, column].mean():9.4f}{warm[:, column].mean() / max(cold[:, column].mean(), 1e-12):7.2f}x"
        if budget == BUDGET and (warm != cold)[:, column].any():
            p = stats.wilcoxon(warm[:, column] - cold[:, column]).pvalue
    return f"{label:40}{words}  {p:.0e}"


def measure(seeds, pool, verdict, names=None):
    chosen = [name for name in cases() if not names or name in names]
    found = {name: [] for name in chosen}
    for name, cold, warm in pool.imap_unordered(play_case, [(name, seed) for name in chosen for seed in range(seeds)]):
        found[name].append((cold, warm))
    regrets = {name: numpy.array(pairs).transpose(1, 0, 2) for name, pairs in found.items()}  # cold and warm, seed, budget
    print(f"\nwarm start\n{'regret after trials':40}" +
          "".join(f"{f'{budget} cold':>9}{'warm':>9}{'ratio':>8}" for budget in BUDGETS) + f"  p after {BUDGET}")
    for kind, goal in (("related", GOAL), ("misleading", GOAL_MISLEADING)):
        group = [name for name in chosen if cases()[name].kind == kind]
        for name in group:
            print(line(name, *regrets[name]))
        if group:
            cold, warm = (numpy.concatenate([regrets[name][which] for name in group]) for which in (0, 1))
            print(line(f"all {kind}", cold, warm))
            ratio = (warm.mean(axis=0) / cold.mean(axis=0))[BUDGETS.index(BUDGET)]
            verdict.judge(f"warm start, {kind}: regret after {BUDGET} trials, cold = 1", f"{ratio:.2f}x",
                          f"at most {goal}x", ratio <= goal, ratio, goal / ratio)
