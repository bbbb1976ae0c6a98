"""Plays the arena: each tool on each problem in each mode from each seed. Everything besides the tool is
the same for all of them: noise, which trial fails by chance, which of the running trials ends next."""
import collections
import dataclasses
import functools
import json

import failing
import hpobench
import loud
import mixed
import space as spaces
import synthetic
import tables
import tools
from problem import generator_of, with_memory_limit

TRIALS = 50
BUDGETS = (20, 30, 50)  # ended trials after which each tool is asked for its best
HEADLINE = ("tables", "hpobench", "synthetic", "noisy")
APART = ("mixed", "failing")  # where ours gains most: they would carry a figure for all
FAMILIES = HEADLINE + APART
VERSION = 2  # of the rules below, for results that are kept


@dataclasses.dataclass(frozen=True)
class Mode:
    name: str
    workers: int = 1
    failing: float = 0.0  # share of trials that fail by chance
    memory: bool = False  # another region of the space runs out of memory


MODES = (Mode("sequential"), Mode("4 workers", workers=4), Mode("8 workers", workers=8),
         Mode("10 % failed", failing=0.1), Mode("15 % memory", memory=True))


@functools.cache
def problems():
    """By name: each problem and its best point."""
    pairs = [pair for family in (tables, hpobench, synthetic, loud, mixed, failing) for pair in family.problems()]
    return {problem.name: (problem, best) for problem, best in pairs}


@functools.cache
def limited(name):
    return with_memory_limit(*problems()[name])


def problem_in(name, mode):
    return limited(name) if mode.memory else problems()[name][0]


def tool_seed(name, seed):
    """What a tool is seeded with: another one for each problem, or problems of the same dimensions would all begin
    with the same points, and a lucky design would count as often as there are tables."""
    return int(generator_of("tool", name, seed).integers(2**31))


def play(problem, mode, tool, seed, trials=TRIALS, budgets=BUDGETS):
    """The regrets of what the tool recommends after each of the budgets."""
    chance = generator_of(problem.name, mode.name, seed)
    unlucky = chance.random(trials) < mode.failing
    order = chance.random(trials)
    running, seen, regrets, asked = [], collections.Counter(), [], 0
    for ended in range(trials):
        while len(running) < mode.workers and asked < trials:
            answer = tool.ask()
            if answer is None:
                break
            running.append((asked, *answer))
            asked += 1
        if not running:  # the space is exhausted
            break
        number, trial, point = running.pop(int(order[ended] * len(running)))
        finish(tool, trial, measure(problem, point, seed, seen), unlucky[number])
        if ended + 1 in budgets:
            regrets.append(problem.regret(tool.best()))
    while len(regrets) < len(budgets):
        regrets.append(problem.regret(tool.best()))
    return regrets


def measure(problem, point, seed, seen):
    key = spaces.key_of(point)
    value = problem.outcome(point, seed, seen[key])
    seen[key] += 1
    return value


def finish(tool, trial, value, unlucky):
    if value is None:
        tool.tell(trial, None, tools.OUT_OF_MEMORY)
    elif unlucky:
        tool.tell(trial, None, tools.OTHER)
    else:
        tool.tell(trial, value)


def play_once(name, mode, kind, seed):
    problem = problem_in(name, mode)
    tool = tools.TOOLS[kind](tools.Search(problem.space, tool_seed(name, seed), TRIALS, mode.workers))
    try:
        return play(problem, mode, tool, seed)
    finally:
        tool.close()


class Kept:
    """Results of Optuna and random search in the cache folder: they depend on nothing but the problem, the
    rules and the seed, so that they need not be measured again while ours is being worked on."""

    def __init__(self, folder, used):
        self.folder, self.used = folder, used

    def file(self, name, mode, kind):
        print_of = problem_in(name, mode).fingerprint
        return self.folder / f"{name}-{mode.name.replace(' ', '')}-{kind}-{print_of}-{VERSION}.json"

    def read(self, name, mode, kind):
        file = self.file(name, mode, kind)
        if not self.used or kind == "ours" or not file.exists():
            return {}
        return {int(seed): regrets for seed, regrets in json.loads(file.read_text()).items()}

    def write(self, name, mode, kind, regrets):
        if kind != "ours":
            self.folder.mkdir(parents=True, exist_ok=True)
            self.file(name, mode, kind).write_text(json.dumps(regrets))


def play_all(name, mode, kind, seeds, kept):
    """{seed: regrets} of one tool on one problem in one mode."""
    known = kept.read(name, mode, kind)
    missing = [seed for seed in seeds if seed not in known]
    known |= {seed: play_once(name, mode, kind, seed) for seed in missing}
    if missing:
        kept.write(name, mode, kind, known)
    return {seed: known[seed] for seed in seeds}
