"""Fifty trials with nobody there, while parts of the platform die and come back."""
import time

import quick_trial
from experiment import Experiment, expect_open_intents_none, spec, tags, without_lock
from harness import case, expect, expect_equal, until
from machine import away, kubectl, sql
from trials import ended, kill_operator, trials_of

TRIALS = 50
PARALLEL = 4
SCORE = "1 - (parameters['x'] - 0.3) ** 2 - (parameters['y'] - 0.7) ** 2"
SEARCH = {"objective": {"metric": "score", "goal": "Maximize"},
          "space": [{"name": name, "type": "Float", "min": 0, "max": 1} for name in ("x", "y")],
          "algorithm": {"name": "Bayesian", "seed": 6}, "maxTrials": TRIALS, "parallelTrials": PARALLEL}
POSTGRESQL_AWAY_SECONDS = 10


def kill_pod(experiment):
    """The youngest whose script has not begun: another may end well before it dies. Gives its trial."""
    def beginning():
        return [pod["metadata"] for pod in experiment.pods() if pod["status"]["phase"] == "Pending"]
    youngest = max(until(60, beginning, "a trial begins"), key=lambda pod: pod["creationTimestamp"])
    kubectl("-n", experiment.namespace, "delete", "pod", youngest["name"], "--wait=false")
    return int(youngest["labels"]["pedigree.dev/trial"])


def expect_fifty_outcomes(experiment):
    trials = trials_of(experiment)
    expect_equal([(trial["number"], trial["state"]) for trial in trials],
                 [(number, "Completed") for number in range(1, TRIALS + 1)], "trials")
    for trial in trials:
        score = eval(SCORE, {"parameters": trial["parameters"]})
        expect(abs(float(trial["value"]) - score) < 1e-9,
               f"trial {trial['number']} has {trial['value']}, its parameters give {score}")
    new = [tuple(trial["parameters"].items()) for trial in trials if trial["repeats"] == 0]
    expect_equal(len(set(new)), len(new), f"different parameters of {len(new)} trials that repeat none")
    status = experiment.status()
    expect_equal(status["trials"], {"total": TRIALS, "running": 0, "succeeded": TRIALS, "failed": 0,
                                    "stopped": 0, "reused": 0}, "status.trials")


@case(tier="all", alone=True)
def fifty_trials_unattended_end_with_fifty_outcomes():
    experiment = Experiment("unattended", spec(quick_trial.command(SCORE), image=without_lock(), tracked=True,
                                               search=SEARCH, resources={"cpu": "100m", "memory": "512Mi"}))
    until(300, lambda: len(ended(experiment)) >= 10, "ten trials end")
    kill_operator()
    until(300, lambda: len(ended(experiment)) >= 20, "twenty trials end")
    killed = kill_pod(experiment)
    until(300, lambda: len(ended(experiment)) >= 30, "thirty trials end")
    with away("postgresql"):
        time.sleep(POSTGRESQL_AWAY_SECONDS)
    experiment.finished("Succeeded", 600)
    expect_fifty_outcomes(experiment)
    attempts = sql(f"select trial, number from pedigree.attempt where experiment_uid = '{experiment.uid}'")
    expect_equal(sorted((int(trial), int(number)) for trial, number in attempts),
                 sorted([(number, 1) for number in range(1, TRIALS + 1)] + [(killed, 2)]), "attempts")
    _, own = experiment.runs()
    expect_equal({int(tags(run)["pedigree.trial"]) for run in own}, set(range(1, TRIALS + 1)), "trials of the runs")
    expect_open_intents_none(experiment)
