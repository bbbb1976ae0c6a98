"""Mixed and conditional variants: synthetic functions whose dimensions are cut into whole numbers and
shuffled categories so that the optimum stays among them, surfaces shaped like a network's settings,
tables and trees of which a part is inactive."""
import math

import numpy

import tables
from problem import Problem, noisy
from space import choice, logarithmic, ordinal, real, whole
from synthetic import BRANIN_BEST, BRANIN_OPTIMUM, HARTMANN_BEST, HARTMANN_OPTIMUM, ackley, branin, hartmann

FAMILY = "mixed"
WIDTHS = (8, 16, 32, 64, 128, 256)


def mixed_hartmann():
    """Hartmann-6 with two whole numbers and a category, each level 0.13 from the next."""
    whole_low = {2: -3, 3: -2}  # the optimum's coordinate is level 0
    letters = {"a": 0.2, "b": -0.4, "c": 0.0, "d": -0.6, "e": -0.2}

    def value(point):
        x = numpy.array([point.get(f"x{index}", 0.0) for index in range(6)])
        for index in whole_low:
            x[index] = HARTMANN_OPTIMUM[index] + 0.13 * point[f"n{index}"]
        x[5] = HARTMANN_OPTIMUM[5] + letters[point["c5"]]
        return hartmann(x)
    space = [real("x0"), real("x1"), whole("n2", -3, 4), whole("n3", -2, 5), real("x4"), choice("c5", letters)]
    optimum = {"x0": HARTMANN_OPTIMUM[0], "x1": HARTMANN_OPTIMUM[1], "n2": 0, "n3": 0,
               "x4": HARTMANN_OPTIMUM[4], "c5": "c"}
    return Problem("mixed_hartmann6", FAMILY, space, value, HARTMANN_BEST), optimum


def mixed_ackley():
    """Ackley in 7 dimensions: three real, two whole, two categories in no order."""
    places = {"red": 2, "green": 0, "blue": -1, "black": 3, "white": 1}
    shift = numpy.array([1.3, -2.1, 0.4])

    def value(point):
        x = [point[f"x{index}"] - shift[index] for index in range(3)]
        x += [point["n0"] - 3, point["n1"] + 2, places[point["c0"]], places[point["c1"]]]
        return ackley(numpy.array(x))
    space = [real(f"x{index}", -5, 5) for index in range(3)]
    space += [whole("n0", -4, 6), whole("n1", -5, 5), choice("c0", places), choice("c1", places)]
    optimum = {**{f"x{index}": float(shift[index]) for index in range(3)}, "n0": 3, "n1": -2, "c0": "green", "c1": "green"}
    return Problem("mixed_ackley7", FAMILY, space, value, 0.0), optimum


def network_loss(point):
    """Shaped like what is known of networks: the best rate follows optimizer, momentum and batch size."""
    momentum = point.get("momentum", 0.0)
    rate = math.log10(point["learning_rate"] / (1 - momentum))
    target = (-3 if point["optimizer"] == "adam" else -0.8) + 0.3 * math.log2(point["batch_size"] / 64) / 2
    widths = sum((math.log2(point[f"units_{layer}"] / 64) / 2) ** 2 for layer in range(1, point["layers"] + 1))
    loss = 0.5 * (rate - target) ** 2 + 0.1 * widths + 0.15 * abs(point["layers"] - 3)
    loss += 1.5 * (point["dropout"] - 0.2) ** 2 + 0.05 * abs(math.log2(point["batch_size"] / 64))
    return 1 - math.exp(-loss - (0.1 if point["optimizer"] == "sgd" else 0))


def conditional_network():
    space = [logarithmic("learning_rate", 1e-5, 1.0), choice("optimizer", ("adam", "sgd")),
             real("momentum", 0.0, 0.99, when=("optimizer", ("sgd",))), ordinal("batch_size", (16, 32, 64, 128, 256)),
             real("dropout", 0.0, 0.6), ordinal("layers", (1, 2, 3, 4))]
    space += [ordinal(f"units_{layer}", WIDTHS, **({"when": ("layers", tuple(range(layer, 5)))} if layer > 1 else {}))
              for layer in range(1, 5)]
    optimum = {"learning_rate": 1e-3, "optimizer": "adam", "batch_size": 64, "dropout": 0.2, "layers": 3,
               "units_1": 64, "units_2": 64, "units_3": 64}
    return Problem("conditional_network", FAMILY, space, network_loss, 0.0, noisy(network_loss, 0.03)), optimum


def branches():
    """A tree: each branch has a function and parameters of its own; the best is Branin's."""
    def value(point):
        if point["branch"] == "branin":
            return float(branin(point["b0"], point["b1"])) - BRANIN_BEST
        if point["branch"] == "bowl":
            return 3 + sum((point[f"w{index}"] - 0.3 * index) ** 2 for index in range(3)) * 10
        return 8 * abs(math.log10(point["rate"]) + 2) + 1.5
    space = [choice("branch", ("bowl", "branin", "line")), real("b0", -5, 10, when=("branch", ("branin",))),
             real("b1", 0, 15, when=("branch", ("branin",))), logarithmic("rate", 1e-5, 1, when=("branch", ("line",)))]
    space += [real(f"w{index}", 0, 1, when=("branch", ("bowl",))) for index in range(3)]
    optimum = {"branch": "branin", "b0": BRANIN_OPTIMUM[0], "b1": BRANIN_OPTIMUM[1]}
    return Problem("conditional_branches", FAMILY, space, value, 0.0), optimum


def problems():
    made = [mixed_hartmann(), mixed_ackley(), conditional_network(), branches()]
    if "network_digits" in tables.names():
        made.append(tables.masked("conditional_digits", FAMILY, "network_digits", {
            "weight_decay": (("solver", ("adam",)), 0.0001), "batch_size": (("layers", (1,)), 64)}))
    return made
