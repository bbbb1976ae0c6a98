"""What the arena asks of the tools: a space, an objective to minimise, points that fail."""
import dataclasses
import functools
import hashlib
import json
import typing

import numpy

import space as spaces

DRAWS = 10000          # random points that say what is good and what is typical
MEMORY_SHARE = 0.15    # of the space lies beyond the memory limit


def generator_of(*key):
    """The same random numbers for the same key, in every process."""
    return numpy.random.default_rng(int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:8]))


@dataclasses.dataclass
class Problem:
    """Regret is (value - best) / (good - best): 0 at the best point that does not fail, 1 at what one random
    point in ten reaches. `observe` is what a trial sees of a point the n-th time; without it there is no noise."""
    name: str
    family: str
    space: list
    value: typing.Callable        # point -> the expected objective
    best: float                   # of the points that do not fail
    observe: typing.Callable = None   # point, seed, repeat -> objective
    fails: typing.Callable = lambda point: False

    def outcome(self, point, seed, repeat):
        """The objective as one trial measures it, or nothing if the trial runs out of memory."""
        if self.fails(point):
            return None
        return self.observe(point, seed, repeat) if self.observe else self.value(point)

    def regret(self, point):
        good, typical = self.quantiles
        value = typical if point is None else self.value(point)  # None: nothing to recommend yet
        return max(0.0, (value - self.best) / (good - self.best))

    def random_point(self, generator):
        return spaces.fill(self.space, lambda parameter: parameter.draw(generator))

    @functools.cached_property
    def sample(self):
        generator = generator_of("sample")
        return [self.random_point(generator) for _ in range(DRAWS)]

    @functools.cached_property
    def quantiles(self):
        values = [self.value(point) for point in self.sample if not self.fails(point)]
        return numpy.quantile(values, [0.1, 0.5]).tolist()

    @functools.cached_property
    def fingerprint(self):
        """Changes with anything that a run on this problem depends on."""
        points = self.sample[:50]
        seen = [(point, self.outcome(point, 1, 0), self.regret(point)) for point in points]
        text = json.dumps([[parameter.document() for parameter in self.space], seen], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def noisy(value, deviation):
    return lambda point, seed, repeat: (
        value(point) + deviation * generator_of(spaces.key_of(point), seed, repeat).normal())


def with_memory_limit(problem, optimum):
    """The problem with another region that fails: where a sum of some of the ordered parameters (think of
    batch size times width) is among the largest 15 %. The best point stays within the limit."""
    ordered = [parameter for parameter in problem.space if parameter.ordinal or not parameter.values]
    for attempt in range(1000):
        weights = generator_of(problem.name, "memory", attempt).uniform(-1, 1, len(ordered))

        def need(point):
            return sum(weight * parameter.place(point.get(parameter.name))
                       for weight, parameter in zip(weights, ordered))
        limit = float(numpy.quantile([need(point) for point in problem.sample], 1 - MEMORY_SHARE))
        if need(optimum) <= limit:
            return dataclasses.replace(
                problem, fails=lambda point: problem.fails(point) or need(point) > limit)
    raise ValueError(f"{problem.name}: its best point lies beyond every memory limit")
