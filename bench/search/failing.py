"""Spaces with regions that fail, each with the best point that does not, close to the edge of some."""
import itertools

import numpy

import tables
from problem import Problem
from space import choice, logarithmic, ordinal, real, whole
from synthetic import BRANIN_BEST, BRANIN_OPTIMUM, HARTMANN_BEST, HARTMANN_OPTIMUM, box, branin, hartmann, named, vector

FAMILY = "failing"


def branin_discs():
    """Two of Branin's three best points lie in discs that fail, and a band beside the third."""
    def fails(point):
        x, y = point["x0"], point["x1"]
        return min(numpy.hypot(x + numpy.pi, y - 12.275), numpy.hypot(x - 9.42478, y - 2.475)) < 3.5 or 4.5 < x < 6
    space = [real("x0", -5, 10), real("x1", 0, 15)]
    return Problem("branin_discs", FAMILY, space, lambda point: float(branin(*vector(point))), BRANIN_BEST,
                   fails=fails), named(BRANIN_OPTIMUM)


def hartmann_halfspace():
    """Hartmann-6; what lies beyond a plane close to the optimum fails, about a third."""
    normal = numpy.array([1.0, 0.5, -0.5, 1.0, 0.7, 0.3])
    limit = normal @ HARTMANN_OPTIMUM + 0.9
    return Problem("hartmann6_halfspace", FAMILY, box(6, 0, 1), lambda point: hartmann(vector(point)), HARTMANN_BEST,
                   fails=lambda point: bool(normal @ vector(point) > limit)), named(HARTMANN_OPTIMUM)


def memory_ladder():
    """Larger is better until memory is out: the best point stands on the edge."""
    def gigabytes(point):
        return point["batch_size"] * point["width"] * point["depth"] * (2 if point["precision"] == "float32" else 1) / 65536

    def value(point):
        capacity = numpy.log2(point["width"] / 16) + 0.5 * numpy.log2(point["depth"])
        rate = numpy.log10(point["learning_rate"]) + 3 - 0.15 * numpy.log2(point["batch_size"] / 32)
        loss = 2.0 - 0.25 * capacity + 0.4 * rate**2 + 0.08 * abs(numpy.log2(point["batch_size"] / 128))
        return float(loss + (0.05 if point["precision"] == "float16" else 0))
    space = [logarithmic("learning_rate", 1e-5, 1e-1), ordinal("batch_size", (16, 32, 64, 128, 256)),
             ordinal("width", (16, 32, 64, 128, 256, 512)), whole("depth", 1, 6), choice("precision", ("float16", "float32"))]
    grid = itertools.product(space[1].values, space[2].values, range(1, 7), space[4].values)
    points = [{"learning_rate": 10 ** (-3 + 0.15 * numpy.log2(batch / 32)), "batch_size": batch, "width": width,
               "depth": depth, "precision": precision} for batch, width, depth, precision in grid]
    optimum = min((point for point in points if gigabytes(point) <= 1.0), key=value)
    return Problem("memory_ladder", FAMILY, space, value, value(optimum),
                   fails=lambda point: gigabytes(point) > 1.0), optimum


def problems():
    made = [branin_discs(), hartmann_halfspace(), memory_ladder()]
    if "network_digits" in tables.names():
        made.append(tables.table("network_digits").problem(
            "memory_digits", FAMILY,
            lambda point: point["units"] * point["layers"] * point["batch_size"] > 2000))
    if "network_cancer" in tables.names():
        made.append(tables.table("network_cancer").problem(
            "diverging_cancer", FAMILY,
            lambda point: point["learning_rate"] / (1 - point["momentum"]) > 0.09 and point["activation"] != "logistic"))
    return made
