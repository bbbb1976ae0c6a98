"""Early stopping on recorded learning curves (curves/*.json): the same search with and without it, ours
with Asha, Optuna with its SuccessiveHalvingPruner, both with their defaults.

A trial's value is the best validation error up to where it came; the epochs of all trials are the cost.
Regret is of the recommended settings, as if trained to the end, in the arena's unit: mean over the recorded seeds.
"""
import functools
import pathlib

import numpy
from scipy import stats

import tools
from problem import generator_of
from tables import read

FOLDER = pathlib.Path(__file__).parent / "curves"
TRIALS, WORKERS = 60, 4
GOAL_EPOCHS, GOAL_REGRET = 0.5, 0.05  # so much more regret still counts as the same best value


class Curves:
    """A table whose last parameter is the epoch: a point is everything before it."""

    def __init__(self, name):
        table = read(name, FOLDER)
        self.name, self.space = name, table.space[:-1]
        self.errors = table.errors.reshape(*table.shape, -1)
        final = self.errors.min(axis=-2).mean(axis=-1)
        self.final, self.best, self.good = final, float(final.min()), float(numpy.quantile(final, 0.1))

    def index(self, point):
        return tuple(parameter.values.index(point[parameter.name]) for parameter in self.space)

    def curve(self, point, seed):
        """The errors after each epoch, of one of the recorded seeds."""
        index = self.index(point)
        return self.errors[index][:, generator_of(self.name, seed, index).integers(self.errors.shape[-1])]

    def regret(self, point):
        return float((self.final[self.index(point)] - self.best) / (self.good - self.best))


@functools.cache
def curves(name):
    return Curves(name)


def names():
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def play(task):
    """Regret and epochs of one search. Trials run side by side, an epoch each in turn."""
    name, kind, stopping, seed = task
    table = curves(name)
    tool = tools.TOOLS[kind](tools.Search(table.space, seed, TRIALS, WORKERS, stopping))
    running, asked, epochs = [], 0, 0
    while running or asked < TRIALS:
        while len(running) < WORKERS and asked < TRIALS:
            trial, point = tool.ask()
            running.append((trial, iter(enumerate(table.curve(point, seed), 1)), []))
            asked += 1
        running, turn = [], running
        for trial, curve, seen in turn:
            epochs += 1
            if train_epoch(tool, trial, curve, seen, table.errors.shape[-2]):
                running.append((trial, curve, seen))
    regret = table.regret(tool.best())
    tool.close()
    return (name, kind, stopping), (regret, epochs)


def train_epoch(tool, trial, curve, seen, last):
    """Whether the trial goes on after it."""
    epoch, error = next(curve)
    seen.append(float(error))
    stop = tool.report(trial, epoch, seen[-1])
    if epoch == last:
        tool.tell(trial, min(seen))
    elif stop:
        tool.stopped(trial, min(seen))
    return epoch != last and not stop


def measure(seeds, kinds, pool, verdict):
    tasks = [(name, kind, stopping, seed) for name in names() for kind in kinds for stopping in (False, True)
             for seed in range(seeds)]
    found = {}
    for key, result in pool.imap(play, tasks):
        found.setdefault(key, []).append(result)
    print(f"\nearly stopping, {TRIALS} trials, {WORKERS} at a time, on recorded learning curves\n"
          f"{'':38}{'regret':>9}{'without':>9}{'epochs':>9}{'without':>9}{'ratio':>9}  p of the regrets")
    for name in names():
        for kind in kinds:
            without, with_it = (numpy.array(found[name, kind, stopping]) for stopping in (False, True))
            print_line(name, kind, without, with_it, verdict)


def print_line(name, kind, without, with_it, verdict):
    differences = with_it[:, 0] - without[:, 0]
    p = stats.wilcoxon(differences).pvalue if differences.any() else 1.0
    ratio = with_it[:, 1].sum() / without[:, 1].sum()
    print(f"{name + ', ' + kind:38}{with_it[:, 0].mean():9.4f}{without[:, 0].mean():9.4f}{with_it[:, 1].mean():9.0f}"
          f"{without[:, 1].mean():9.0f}{ratio:8.2f}x  {p:.1e}")
    if kind == "ours":
        verdict.judge(f"Asha, {name}: epochs, without it = 1", f"{ratio:.2f}x", f"at most {GOAL_EPOCHS}x", ratio <= GOAL_EPOCHS,
                      ratio, GOAL_EPOCHS / ratio)
        verdict.judge(f"    Asha, {name}: regret beyond that without it", f"{differences.mean():+.4f}, p = {p:.0e}",
                      f"at most {GOAL_REGRET}", differences.mean() <= GOAL_REGRET)
