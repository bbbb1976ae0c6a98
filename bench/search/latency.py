"""How long a suggestion takes, on one core: the time from asking to having the parameters, beside Optuna's
in-memory study; and how long it takes to take up a search where its history file ends. The processor's
time stands beside it: where the two differ, somebody else was using the machine."""
import json
import os
import pathlib
import tempfile
import time

import numpy

import space as spaces
import tools
from problem import generator_of
from space import choice, logarithmic, ordinal, real, whole

# Of a kind that people have: 20 dimensions, most of them numbers.
SPACE = ([real(f"x{index}") for index in range(8)] + [logarithmic(f"rate{index}", 1e-5, 1) for index in range(4)]
         + [whole(f"n{index}", 1, 12) for index in range(3)] + [ordinal(f"size{index}", (16, 32, 64, 128)) for index in range(2)]
         + [choice(f"c{index}", ("a", "b", "c", "d")) for index in range(3)])
WINDOW = 50                                   # asks before and behind the number that count
GOAL_MS = {100: 5, 300: 20, 1000: 100}        # ended trials: 99th percentile of an ask
REPLAYED, GOAL_REPLAY_SECONDS = 10000, 2


def objective(point, generator):
    places = numpy.array([parameter.place(point[parameter.name]) for parameter in SPACE])
    return float(((places - numpy.linspace(0.2, 0.8, len(SPACE))) ** 2).sum() + 0.05 * generator.normal())


def ask_times(kind, trials):
    """Of each ask of a search of so many trials: milliseconds, and those of the processor."""
    tool, generator, times = tools.TOOLS[kind](tools.Search(SPACE, 1, trials)), generator_of("latency"), []
    for _ in range(trials):
        began, used = time.perf_counter(), tool.processor_seconds()
        trial, point = tool.ask()
        times.append((time.perf_counter() - began, tool.processor_seconds() - used))
        tool.tell(trial, objective(point, generator))
    tool.close()
    return numpy.array(times) * 1000


def replay_seconds():
    """From the start of the process to its best and to its first suggestion, after a history of REPLAYED trials."""
    generator = generator_of("replay")
    with tempfile.TemporaryDirectory() as folder:
        history = pathlib.Path(folder) / "history.jsonl"
        with history.open("w") as file:
            for trial in range(1, REPLAYED + 1):
                point = spaces.fill(SPACE, lambda parameter: parameter.draw(generator))
                asked = {"asked": {"trial": trial, "parameters": point}}
                tell = {"tell": {"trial": trial, "value": objective(point, generator)}}
                file.write(f"{json.dumps(asked)}\n{json.dumps(tell)}\n")
        began = time.perf_counter()
        tool = tools.Ours(tools.Search(SPACE, 1, REPLAYED + 10), "--history", str(history))
        tool.finished = True
        tool.best()
        best = time.perf_counter() - began
        tool.ask()
        asked = time.perf_counter() - began
        tool.close()
    return best, asked


def measure(kinds, verdict):
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(everywhere)})
    times = {kind: ask_times(kind, max(GOAL_MS) + WINDOW) for kind in kinds}
    replay = replay_seconds() if "ours" in kinds else None
    os.sched_setaffinity(0, everywhere)
    print(f"\na suggestion in {len(SPACE)} dimensions on one core, ms: of the {2 * WINDOW} asks around so many ended trials\n"
          f"{'':38}{'median':>9}{'p99':>9}{'processor':>12}{'p99':>9}")
    for trials, goal in GOAL_MS.items():
        p99 = {}
        for kind in kinds:
            window = times[kind][trials - WINDOW:trials + WINDOW]
            median, (p99[kind], used) = numpy.median(window, axis=0), numpy.quantile(window, 0.99, axis=0)
            print(f"{f'{trials} trials, {kind}':38}{median[0]:9.2f}{p99[kind]:9.2f}{median[1]:12.2f}{used:9.2f}")
        if "ours" in kinds:
            verdict.judge(f"a suggestion after {trials} trials, p99",
                          f"{p99['ours']:.1f} ms, Optuna {p99['optuna']:.1f} ms", f"under {goal} ms", p99["ours"] < goal,
                          p99["ours"] / p99["optuna"] if "optuna" in p99 else None, goal / p99["ours"])
    if replay:
        verdict.judge(f"a history of {REPLAYED} trials taken up", f"{replay[0]:.2f} s, {replay[1]:.2f} s to the next trial",
                      f"under {GOAL_REPLAY_SECONDS} s", replay[0] < GOAL_REPLAY_SECONDS,
                      margin=GOAL_REPLAY_SECONDS / replay[0])
