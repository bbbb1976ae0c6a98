"""Problems measured from real small trainings: tables/*.json, made by make_tables.py.

A trial sees one seed's error; the expected objective is the mean over the seeds. Which seed a point
shows first depends on the run's seed; asked again, it shows another."""
import base64
import dataclasses
import functools
import json
import pathlib
import zlib

import numpy

from problem import Problem, generator_of
from space import choice, ordinal

FOLDER = pathlib.Path(__file__).parent / "tables"


class Table:
    """Errors, points by seeds; the points in the order of their values, the last parameter's fastest."""

    def __init__(self, name, space, errors):
        self.name = name
        self.space = space
        self.shape = tuple(len(parameter.values) for parameter in space)
        self.errors = errors
        self.means = errors.mean(axis=1)

    def row(self, point):
        index = [parameter.values.index(point[parameter.name]) for parameter in self.space]
        return int(numpy.ravel_multi_index(index, self.shape))

    def point(self, row):
        index = numpy.unravel_index(row, self.shape)
        return {parameter.name: parameter.values[i] for parameter, i in zip(self.space, index)}

    def value(self, point):
        return float(self.means[self.row(point)])

    def observe(self, point, seed, repeat):
        row = self.row(point)
        order = generator_of(self.name, seed, row).permutation(self.errors.shape[1])
        return float(self.errors[row, order[repeat % len(order)]])

    def problem(self, name, family, fails=lambda point: False):
        """The problem and its best point among those that do not fail."""
        best = min((self.means[row], row) for row in range(len(self.means)) if not fails(self.point(row)))
        return Problem(name, family, self.space, self.value, float(best[0]), self.observe, fails), self.point(best[1])


def read(name, folder=FOLDER):
    document = json.loads((folder / f"{name}.json").read_text())
    space = [ordinal(*item) for item in document["ordinal"].items()]
    space += [choice(*item) for item in document["categorical"].items()]
    space += [ordinal(*item) for item in document["levels"].items()]
    packed = zlib.decompress(base64.b64decode(document["errors"]))
    return Table(name, space, numpy.frombuffer(packed, "<u2").reshape(-1, document["seeds"]) / 10000)


@functools.cache
def table(name):
    return read(name)


def names():
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def problems():
    return [table(name).problem(name, "tables") for name in names()]


def masked(name, family, source, conditions):
    """A table as a conditional space: {parameter: ((parent, values), default)}. While the parent has another
    value the parameter is absent, and the training uses the default."""
    whole = table(source)
    space = [dataclasses.replace(parameter, when=conditions[parameter.name][0])
             if parameter.name in conditions else parameter for parameter in whole.space]
    space.sort(key=lambda parameter: bool(parameter.when))  # parents before their children

    def filled(point):
        absent = {parameter: default for parameter, (_, default) in conditions.items()}
        return absent | point

    def reduced(settings):
        return {parameter.name: settings[parameter.name] for parameter in space if parameter.active(settings)}
    rows = ((mean, whole.point(row)) for row, mean in enumerate(whole.means))
    best, settings = min((pair for pair in rows if filled(reduced(pair[1])) == pair[1]), key=lambda pair: pair[0])
    problem = Problem(name, family, space, lambda point: whole.value(filled(point)), float(best),
                      lambda point, seed, repeat: whole.observe(filled(point), seed, repeat))
    return problem, reduced(settings)
