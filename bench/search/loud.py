"""Functions with the noise that trainings have: normal, of 5 to 40 % of the distance between what a random point
reaches (the median) and the minimum."""
import dataclasses

import synthetic
from problem import noisy

FAMILY = "noisy"
SHARES = {"branin": (10, 40), "hartmann6": (5, 20), "ackley5": (10, 40), "rosenbrock4": (5, 20),
          "rotated_ellipsoid5": (20,)}  # per cent


def louder(problem, share):
    deviation = share / 100 * (problem.quantiles[1] - problem.best)
    return dataclasses.replace(problem, name=f"{problem.name}_noise{share}", family=FAMILY,
                               observe=noisy(problem.value, deviation))


def problems():
    quiet = {problem.name: (problem, best) for problem, best in synthetic.problems()}
    return [(louder(quiet[name][0], share), quiet[name][1]) for name, shares in SHARES.items() for share in shares]
