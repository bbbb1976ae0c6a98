"""Synthetic functions on continuous spaces, each with its known optimum, none of it at a centre. Those that
span orders of magnitude are taken as log(1 + f): their mean over seeds would be that of the worst seed."""
import numpy

from problem import Problem, generator_of, noisy
from space import real

HARTMANN_WEIGHTS = numpy.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_SCALES = numpy.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
                               [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
HARTMANN_CENTRES = 1e-4 * numpy.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                                       [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])
HARTMANN_OPTIMUM = numpy.array([0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573])


def hartmann(x):
    return -float(HARTMANN_WEIGHTS @ numpy.exp(-(HARTMANN_SCALES * (x - HARTMANN_CENTRES) ** 2).sum(axis=1)))


HARTMANN_BEST = hartmann(HARTMANN_OPTIMUM)
BRANIN_BEST = 0.39788735772973816
BRANIN_OPTIMUM = (numpy.pi, 2.275)


def branin(x, y):
    return (y - 5.1 * x**2 / (4 * numpy.pi**2) + 5 * x / numpy.pi - 6) ** 2 + 10 * (1 - 1 / (8 * numpy.pi)) * numpy.cos(x) + 10


def ackley(x):
    return float(20 + numpy.e - 20 * numpy.exp(-0.2 * numpy.sqrt((x**2).mean())) - numpy.exp(numpy.cos(2 * numpy.pi * x).mean()))


def rosenbrock(x):
    return float(numpy.log1p((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()))


def vector(point):
    return numpy.array([point[name] for name in sorted(point)])


def box(count, low, high):
    return [real(f"x{index}", low, high) for index in range(count)]


def rotation(count):
    return numpy.linalg.qr(generator_of("rotation", count).normal(size=(count, count)))[0]


def named(values):
    return {f"x{index}": float(value) for index, value in enumerate(values)}


def problems():
    """Pairs of a problem and its best point."""
    shift, turn = numpy.array([1.3, -2.1, 0.4, 2.9, -0.8]), rotation(5)
    stretch = 10 ** numpy.linspace(0, 2, 5)

    def hartmann_value(point):
        return hartmann(vector(point))
    functions = [
        ("branin", [real("x0", -5, 10), real("x1", 0, 15)], lambda point: float(branin(*vector(point))),
         BRANIN_OPTIMUM, BRANIN_BEST),
        ("hartmann6", box(6, 0, 1), hartmann_value, HARTMANN_OPTIMUM, HARTMANN_BEST),
        ("ackley5", box(5, -5, 5), lambda point: ackley(vector(point) - shift), shift, 0.0),
        ("rosenbrock4", box(4, -2, 2), lambda point: rosenbrock(vector(point)), numpy.ones(4), 0.0),
        ("rotated_ellipsoid5", box(5, -5, 5),
         lambda point: float(numpy.log1p(stretch @ (turn @ (vector(point) - shift)) ** 2)), shift, 0.0),
        ("rotated_ackley5", box(5, -5, 5), lambda point: ackley(turn @ (vector(point) - shift)), shift, 0.0),
    ]
    made = [(Problem(name, "synthetic", space, value, best), named(optimum))
            for name, space, value, optimum, best in functions]
    made.append((Problem("hartmann6_noisy", "synthetic", box(6, 0, 1), hartmann_value, HARTMANN_BEST,
                         noisy(hartmann_value, 0.2)), named(HARTMANN_OPTIMUM)))
    return made
