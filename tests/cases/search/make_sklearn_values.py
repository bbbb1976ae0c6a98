#!/usr/bin/env python3
"""Writes sklearn_values.json: a Gaussian process's predictions by scikit-learn, which pipeline/search
is held to. Made with scikit-learn 1.9 and numpy 2.4; run it again with
`python3 make_sklearn_values.py > sklearn_values.json`. A point is two numbers and the index of a
category, which becomes three columns with 1/sqrt(2) in one of them."""

import json

import numpy
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

SCALES = [0.4, 0.9, 1.3]
SIGNAL, NOISE = 1.7, 0.05
JITTER = 1e-6


def columns(points):
    categories = numpy.eye(3)[points[:, 2].astype(int)] / numpy.sqrt(2)
    return numpy.hstack([points[:, :2], categories])


def main():
    generator = numpy.random.default_rng(5)

    def draw(count):
        return numpy.hstack([generator.random((count, 2)).round(6), generator.integers(0, 3, (count, 1))])
    points, others = draw(15), draw(6)
    targets = generator.normal(size=15).round(6)
    kernel = ConstantKernel(SIGNAL) * Matern(length_scale=SCALES[:2] + [SCALES[2]] * 3, nu=2.5)
    process = GaussianProcessRegressor(kernel, alpha=NOISE + JITTER, optimizer=None)
    means, deviations = process.fit(columns(points), targets).predict(columns(others), return_std=True)
    print(json.dumps({
        "points": points.tolist(), "others": others.tolist(), "targets": targets.tolist(),
        "lengthScales": SCALES, "signal": SIGNAL, "noise": NOISE,
        "means": means.tolist(), "deviations": deviations.tolist()}))


if __name__ == "__main__":
    main()
