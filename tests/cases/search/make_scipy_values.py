#!/usr/bin/env python3
"""Writes scipy_values.json, what the numerical parts of pipeline/search are held to. Made with scipy
1.17 and numpy 2.4; run it again with `python3 make_scipy_values.py > scipy_values.json`."""

import json

import numpy as np
from scipy.integrate import quad
from scipy.special import log_ndtr
from scipy.stats import beta, norm, qmc, truncnorm

SOBOL_INDICES = [1, 2, 5, 7, 100, 1023]


def quantiles():
    normal = [[p, norm.ppf(p)] for p in (1e-12, 1e-5, 0.001, 0.02425, 0.3, 0.5, 0.975, 1 - 1e-9)]
    shapes = [(0.2, 2, 5), (0.9, 0.5, 0.5), (0.5, 30, 2), (0.01, 1, 1), (0.999, 8, 8)]
    cut = [(0.7, 2, 1.5, 0, 3), (0.25, 0, 1, 5, 6), (0.5, -1, 2, -1, 10)]
    return {
        "normal": normal,
        "beta": [[p, a, b, beta.ppf(p, a, b)] for p, a, b in shapes],
        "truncated": [
            [p, mean, deviation, low, high,
             truncnorm.ppf(p, (low - mean) / deviation, (high - mean) / deviation, mean, deviation)]
            for p, mean, deviation, low, high in cut
        ],
    }


def sobol():
    points = qmc.Sobol(21, scramble=False, bits=32).random(1024)
    return [[index, points[index].tolist()] for index in SOBOL_INDICES]


def log_expected_improvement():
    """log of the integral of cdf(t) up to z, which is density(z) + z cdf(z), scaled inside so that it is no
    zero."""
    rows = []
    for mean, deviation, best in ((0, 1, 1), (0, 1, 0), (1, 0.5, 0), (2, 0.5, 0), (3, 0.5, 0), (5, 0.1, 0),
                                  (100, 0.5, 0)):
        z = (best - mean) / deviation
        inside, _ = quad(lambda t: np.exp(log_ndtr(z - t) - log_ndtr(z)), 0, 40, epsabs=0, epsrel=1e-12, limit=500,
                         points=[1 / (1 + abs(z)), 1, 5])
        rows.append([mean, deviation, best, float(np.log(deviation) + log_ndtr(z) + np.log(inside))])
    return rows


if __name__ == "__main__":
    print(json.dumps({**quantiles(), "log_expected_improvement": log_expected_improvement(), "sobol": sobol()}))
