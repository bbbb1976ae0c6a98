#!/usr/bin/env python3
"""Makes the tables and learning curves again: trains every point of every grid (trainings.py), on every core.

    make_tables.py [NAME ...]     about 25 CPU minutes for all; run it in bench/search/run's environment

A table is a line of JSON: the grid, and the errors in units of 1/10,000 as 16-bit numbers, compressed,
in base 64. Order: ordinal parameters, categorical ones, the last parameter's levels, seeds; the last
index changes fastest. Numbers may differ in the last digit between processors.
"""
import base64
import itertools
import json
import multiprocessing
import os
import pathlib
import sys
import zlib

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
import numpy  # noqa: E402
import trainings  # noqa: E402

HERE = pathlib.Path(__file__).parent


def train_point(task):
    number, values = task
    grid = trainings.GRIDS[number]
    settings = dict(zip([*grid.ordinal, *grid.categorical], values))
    return numpy.stack([grid.train(settings, seed) for seed in range(grid.seeds)], axis=-1)


def make(number, pool):
    grid = trainings.GRIDS[number]
    points = itertools.product(*grid.ordinal.values(), *grid.categorical.values())
    errors = numpy.array(pool.map(train_point, [(number, point) for point in points], chunksize=8))
    packed = zlib.compress(numpy.round(errors * 10000).astype("<u2").tobytes(), 9)
    level, levels = grid.levels
    table = {"ordinal": grid.ordinal, "categorical": grid.categorical, "levels": {level: levels},
             "seeds": grid.seeds, "errors": base64.b64encode(packed).decode()}
    (HERE / grid.folder / f"{grid.name}.json").write_text(json.dumps(table) + "\n")
    print(f"{grid.name}: {errors[..., 0].size} points, {len(packed)} bytes, errors of the means "
          f"{numpy.quantile(errors.mean(-1), [0, .01, .1, .5, 1]).round(4)}, spread {errors.std(-1).mean():.4f}", flush=True)


def main():
    names = sys.argv[1:] or [grid.name for grid in trainings.GRIDS]
    with multiprocessing.Pool() as pool:
        for number, grid in enumerate(trainings.GRIDS):
            if grid.name in names:
                make(number, pool)


if __name__ == "__main__":
    main()
