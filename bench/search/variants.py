"""What a candidate file compares: searches that differ in one thing, on the same problems, seeds and noise."""
import dataclasses
import json
import os
import pathlib
import shutil
import tempfile

import arena
import tools
from problem import generator_of

GUESSES = 3  # random points of which the best is what somebody who knows a little would have begun with


@dataclasses.dataclass(frozen=True)
class Variant:
    """`program` and `recommends` are labels of --program. `recommends`: the trials are proposed by `program`, and
    this one says of the same history which of them is the best. `told`: maxTrials in the document, if it is not
    what is played. `first`: the search is given the values of a first trial."""
    name: str
    tool: str = "ours"
    program: str = ""
    recommends: str = ""
    told: int = 0
    first: bool = False


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A candidate file, written before anything was run for it."""
    name: str
    question: str
    criterion: str
    goal: float            # the upper end of the candidate's interval has to stay below it
    families: tuple
    baseline: str
    variants: tuple
    trials: int
    budgets: tuple
    halves: dict           # of the seeds: [first, behind the last]
    mode: str = "sequential"

    def problems(self):
        return [name for name, (problem, _) in arena.problems().items() if problem.family in self.families]


def read(path):
    document = json.loads(pathlib.Path(path).read_text())
    document["variants"] = tuple(Variant(**each) for each in document["variants"])
    return Comparison(**{key: tuple(value) if isinstance(value, list) else value for key, value in document.items()})


def guess(problem, seed):
    """The best of a few random points."""
    generator = generator_of("guess", problem.name, seed)
    points = [problem.random_point(generator) for _ in range(GUESSES)]
    return min((point for point in points if not problem.fails(point)), key=problem.value, default=None)


class Recommending(tools.Ours):
    """Proposes by one program and has another say, of the same history, which trial is the best."""

    def __init__(self, search, program, recommends):
        self.folder = tempfile.mkdtemp()
        self.history = os.path.join(self.folder, "history.jsonl")
        super().__init__(search, "--history", self.history, program=program)
        self.search, self.recommends = search, recommends

    def best(self):
        seen = shutil.copy(self.history, os.path.join(self.folder, "seen.jsonl"))
        other = tools.Ours(self.search, "--history", seen, program=self.recommends)
        other.finished = self.finished
        try:
            return other.best()
        finally:
            other.close()

    def close(self):
        super().close()
        shutil.rmtree(self.folder)


def play(comparison, variant, name, seed, programs):
    """The regrets after each budget."""
    mode = next(mode for mode in arena.MODES if mode.name == comparison.mode)
    problem = arena.problem_in(name, mode)
    search = tools.Search(problem.space, arena.tool_seed(name, seed), variant.told or comparison.trials, mode.workers,
                          first=guess(problem, seed) if variant.first else None)
    if variant.tool != "ours":
        tool = tools.TOOLS[variant.tool](search)
    elif variant.recommends:
        tool = Recommending(search, programs[variant.program], programs[variant.recommends])
    else:
        tool = tools.Ours(search, program=programs[variant.program])
    try:
        return arena.play(problem, mode, tool, seed, comparison.trials, comparison.budgets)
    finally:
        tool.close()
