"""Searches that are held and gone on with, and one that is answered from the record."""
import quick_trial
from experiment import Experiment, expect_open_intents_none, spec, without_lock
from harness import case, expect_equal, until
from machine import sql
from trials import pods_made, trials_of

RATES = [0.1, 0.2, 0.3]


def searching(name, command, **search):
    document = {"objective": {"metric": "score", "goal": "Maximize"}, "algorithm": {"name": "Grid"},
                "space": [{"name": "rate", "type": "Discrete", "values": RATES}], "maxTrials": len(RATES), **search}
    return Experiment(name, spec(command, image=without_lock(), tracked=True, search=document,
                                 resources={"cpu": "100m", "memory": "512Mi"}))


def attempts_of(experiment):
    rows = sql("select trial, number, reason from pedigree.attempt "
               f"where experiment_uid = '{experiment.uid}' order by trial, number")
    return [(int(trial), int(number), reason) for trial, number, reason in rows]


def training(experiment):
    """How many trials' scripts run."""
    return sum("running" in each["state"] for pod in experiment.pods()
               for each in pod["status"].get("containerStatuses", []) if each["name"] == "train")


@case(tier="all")
def a_suspended_search_goes_on_with_the_same_trials():
    experiment = searching("search-suspend", quick_trial.command("parameters['rate']", steps=15), parallelTrials=2)
    until(240, lambda: training(experiment) == 2, "two trials run")
    before = trials_of(experiment)
    experiment.patch(suspend=True)
    experiment.phase("Suspended", 120)
    until(60, lambda: not experiment.pods(), "its pods go")
    expect_equal(trials_of(experiment), before, "trials")
    experiment.patch(suspend=False)
    experiment.finished("Succeeded", 240)
    expect_equal([(trial["number"], trial["parameters"]["rate"], float(trial["value"]))
                  for trial in trials_of(experiment)],
                 [(number + 1, rate, rate) for number, rate in enumerate(RATES)], "trials")
    expect_equal(attempts_of(experiment), [(1, 1, "Suspended"), (1, 2, "Completed"), (2, 1, "Suspended"),
                                           (2, 2, "Completed"), (3, 1, "Completed")], "attempts")
    expect_open_intents_none(experiment)


@case(tier="all")
def a_trial_that_was_tried_before_is_answered_without_a_pod():
    command = quick_trial.command("1 - parameters['rate']")
    first = searching("search-tried", command, parallelTrials=3)
    first.finished("Succeeded", 240)
    again = searching("search-reuse", command, reuse="SameSeed")
    again.finished("Succeeded", 120)
    expect_equal(again.status()["trials"], {"total": 3, "running": 0, "succeeded": 3, "failed": 0, "stopped": 0,
                                            "reused": 3}, "status.trials")
    expect_equal([(trial["parameters"], trial["value"]) for trial in trials_of(again)],
                 [(trial["parameters"], trial["value"]) for trial in trials_of(first)], "values")
    expect_equal((pods_made(again), attempts_of(again)), ({}, []), "pods and attempts")
    expect_equal(again.status()["best"]["value"], first.status()["best"]["value"], "best")
