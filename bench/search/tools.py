"""The tools of the arena, asked and told in the same way: Optuna, random search, and ours through
`pedigree search serve`, one process a run."""
import dataclasses
import json
import os
import subprocess
import tempfile
import time

import optuna

import space as spaces
from problem import generator_of

optuna.logging.set_verbosity(optuna.logging.WARNING)
OUT_OF_MEMORY, OTHER = "OutOfMemory", "UserCode"  # the classes of failure that a trial may end with


@dataclasses.dataclass(frozen=True)
class Search:
    """What a tool is told beforehand."""
    space: list
    seed: int
    trials: int
    workers: int = 1
    stopping: bool = False  # by successive halving, as each tool has it by default
    first: dict = None  # the values that the user gave; ours alone is told them


class Optuna:
    """Version 5's defaults: a TPESampler and nothing else; what failed is told as FAIL."""

    def __init__(self, search):
        self.space = search.space
        pruner = optuna.pruners.SuccessiveHalvingPruner() if search.stopping else optuna.pruners.NopPruner()
        self.study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=search.seed), pruner=pruner)

    def ask(self):
        trial = self.study.ask()
        return trial, spaces.fill(self.space, lambda parameter: parameter.ask_optuna(trial))

    def tell(self, trial, value, failure=None):
        if failure:
            self.study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            self.study.tell(trial, value)

    def report(self, trial, step, value):
        """Whether the trial should stop."""
        trial.report(value, step)
        return trial.should_prune()

    def stopped(self, trial, value):
        self.study.tell(trial, state=optuna.trial.TrialState.PRUNED)  # its value: the last that was reported

    def best(self):
        if not self.study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.COMPLETE]):
            return None
        return spaces.fill(self.space, lambda parameter: parameter.ask_optuna(
            optuna.trial.FixedTrial(self.study.best_trial.params)))

    def processor_seconds(self):
        return time.process_time()

    def close(self):
        pass


class Random:
    """Uniform in the space as it was declared."""

    def __init__(self, search):
        self.space, self.generator, self.found = search.space, generator_of("random search", search.seed), []

    def ask(self):
        point = spaces.fill(self.space, lambda parameter: parameter.draw(self.generator))
        return point, point

    def tell(self, point, value, failure=None):
        if not failure:
            self.found.append((value, len(self.found), point))

    def best(self):
        return min(self.found)[2] if self.found else None

    def close(self):
        pass


class Protocol:
    """A process that speaks the JSON lines of `pedigree search serve`."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.answers = self.process.stdout.fileno()
        self.rest = b""

    def say(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    def hear(self):
        while b"\n" not in self.rest:
            more = os.read(self.answers, 1 << 16)
            if not more:
                raise RuntimeError(f"{self.process.args}: ended with {self.process.wait()} in the middle of a search")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self, message):
        self.say(message)
        return self.hear()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


def study_document(search, algorithm=None):
    """What stands under `search:` in an Experiment; YAML can read JSON. Every failed trial is one of the
    budget's for all tools, so none is replaced; but failures must not end the search either."""
    document = {"objective": {"metric": "loss", "goal": "Minimize"}, "maxTrials": search.trials,
                "maxFailedTrials": search.trials, "parallelTrials": search.workers,
                "space": [parameter.document() for parameter in search.space]}
    if algorithm:
        document["algorithm"] = {"name": algorithm}
    if search.stopping:
        document["earlyStopping"] = {"name": "Asha"}
    return document


class Ours:
    program = None  # set by run: the pedigree that is measured
    algorithm = None  # of the document; nothing: the default

    def __init__(self, search, *arguments, program=None):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
            json.dump(study_document(search, self.algorithm), file)
        self.file = file.name
        if search.first:
            arguments += ("--parameters", ",".join(f"{name}={value}" for name, value in search.first.items()))
        self.protocol = Protocol([program or self.program, "search", "serve", self.file, "--seed", str(search.seed),
                                  *arguments])
        self.space = search.space
        self.finished = False

    def ask(self):
        trials = self.protocol.ask({"ask": 1})["trials"]
        if not trials:
            return None
        return trials[0]["trial"], self.point(trials[0]["parameters"])

    def point(self, parameters):
        """The values as the problem declared them: a whole number may come back as 8.0."""
        return spaces.fill(self.space, lambda parameter: next(
            (value for value in parameter.values if value == parameters[parameter.name]), parameters[parameter.name]))

    def tell(self, trial, value, failure=None):
        self.protocol.say({"tell": {"trial": trial, "failed": failure} if failure else {"trial": trial, "value": value}})
        self.finished = self.finished or not failure

    def report(self, trial, step, value):
        return self.protocol.ask({"report": {"trial": trial, "step": step, "value": value}})["stop"]

    def stopped(self, trial, value):
        self.tell(trial, value)

    def best(self):
        return self.point(self.protocol.ask({"best": True})["parameters"]) if self.finished else None

    def processor_seconds(self):
        with open(f"/proc/{self.protocol.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    def close(self):
        self.protocol.close()
        os.unlink(self.file)


TOOLS = {"ours": Ours, "optuna": Optuna, "random": Random}
