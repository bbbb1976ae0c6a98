"""The arena's verdicts (README.md, "Verdicts"): ratios of mean regret with their intervals. Pure, and plain Python, so
that the unit tests need no environment. Regrets come as a list of problems, each a list of seeds."""
import dataclasses
import functools
import math
import random

SEEDS_MIN = 48       # for a verdict; with fewer it is a hint
RESAMPLES = 1000
INTERVAL = 0.90
REGRET_MIN = 1e-4    # what a problem's mean regret counts at least in a geometric mean


@dataclasses.dataclass(frozen=True)
class Ratio:
    value: float
    low: float
    high: float

    def __str__(self):
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@functools.cache
def draws(seeds):
    """Numbers of seeds: as they are, then as they are drawn again; the same draws for whoever asks."""
    chance = random.Random(seeds)
    return [list(range(seeds))] + [chance.choices(range(seeds), k=seeds) for _ in range(RESAMPLES)]


def mean(values):
    return sum(values) / len(values)


def interval(values):
    """Of the value found, which comes first, and those of the draws."""
    ordered, tail = sorted(values[1:]), (1 - INTERVAL) / 2
    return Ratio(values[0], ordered[int(tail * len(ordered))], ordered[math.ceil((1 - tail) * len(ordered)) - 1])


def ratio(ours, other):
    """Of the means over all problems. A seed is drawn for all problems at once and for both: they are paired."""
    ours, other = ([mean(column) for column in zip(*regrets)] for regrets in (ours, other))
    return interval([mean([ours[seed] for seed in drawn]) / max(mean([other[seed] for seed in drawn]), 1e-12)
                     for drawn in draws(len(ours))])


def geometric(ours, other):
    """The geometric mean of the problems' ratios: none weighs more for being hard."""
    def logarithm(row, drawn):
        return math.log(mean([row[seed] for seed in drawn]) + REGRET_MIN)
    return interval([math.exp(mean([logarithm(mine, drawn) - logarithm(its, drawn) for mine, its in zip(ours, other)]))
                     for drawn in draws(len(ours[0]))])


def rows_of(regrets, family_of, family):
    """Of the problems in a family; `family_of` has each problem's."""
    return [row for row, each in zip(regrets, family_of) if each == family]


def worse_families(ours, other, family_of):
    """Where ours is worse beyond the interval: {family: Ratio}."""
    found = {family: ratio(rows_of(ours, family_of, family), rows_of(other, family_of, family))
             for family in dict.fromkeys(family_of)}
    return {family: each for family, each in found.items() if each.low > 1}


def left_out(candidates, baseline, family_of):
    """For each family: which candidate the other families would choose, and how that one does in this family.
    `candidates`: {name: regrets}. {family: (name, Ratio)}"""
    found = {}
    for family in dict.fromkeys(family_of):
        def outside(regrets):
            return [row for row, each in zip(regrets, family_of) if each != family] or regrets
        chosen = min(candidates, key=lambda name: ratio(outside(candidates[name]), outside(baseline)).value)
        found[family] = (chosen, ratio(rows_of(candidates[chosen], family_of, family),
                                       rows_of(baseline, family_of, family)))
    return found


def passed(found, goal, worse=()):
    """Whether a ratio has met its goal: the upper end of its interval lies below it, and no family got worse."""
    return found.high < goal and not worse
