"""Searches over the sample script scripts/tune.py, whose score is a function of its parameters alone, so
that what each trial should come to can be computed here."""
import collections
import json
import runpy
import time

from experiment import Experiment, expect_open_intents_none, nodes, spec, tags
from harness import case, expect, expect_equal, expect_words, until
from machine import ROOT, kubectl, sql
from trials import ended, has_been_seen, is_finished, kill_operator, pods_made, trials_of

TUNE = runpy.run_path(str(ROOT / "dev/samples/mnist/scripts/tune.py"))
SPACE = [
    {"name": "train.learning_rate", "type": "Float", "min": 0.0001, "max": 0.1, "scale": "Log"},
    {"name": "train.batch_size", "type": "Discrete", "values": [64, 128, 256, 512]},
    {"name": "train.optimizer", "type": "Categorical", "values": ["adam", "sgd", "lbfgs"]},
]
TOO_LARGE = {"train.learning_rate": 0.01, "train.batch_size": 512, "train.optimizer": "adam"}


def searching(name, search, **changes):
    document = {"objective": {"metric": "val_score", "goal": "Maximize"}, "space": SPACE, **search}
    return Experiment(name, spec(["python", "scripts/tune.py"], tracked=True, model=True, search=document,
                                 resources={"cpu": "400m", "memory": "1Gi"}, **changes))


def pod_of(experiment, trial):
    (uid,), = sql("select pod_uid from pedigree.attempt "
                  f"where experiment_uid = '{experiment.uid}' and trial = {trial}")
    return uid


def expected(parameters):
    """How a trial ends: state and failure class."""
    if parameters["train.optimizer"] == TUNE["OPTIMIZER_MISSING"]:
        return "Failed", "UserCode"
    if parameters["train.batch_size"] > TUNE["BATCH_SIZE_MAX"]:
        return "Failed", "OutOfMemory"
    return ("Stopped" if TUNE["is_stuck"](parameters) else "Completed"), ""


def expect_outcomes(experiment, count):
    """Every trial once, each as its parameters say; the best is the best of all."""
    trials = trials_of(experiment)
    expect_equal([trial["number"] for trial in trials], list(range(1, count + 1)), "numbers")
    for trial in trials:
        expect_equal((trial["state"], trial["failure_class"]), expected(trial["parameters"]),
                     f"end of trial {trial['number']} {trial['parameters']}: {trial['message']}")
        expect_equal(trial["stop_reason"], "Threshold" if trial["state"] == "Stopped" else "",
                     f"rule that stopped trial {trial['number']}")
    completed = [trial for trial in trials if trial["state"] == "Completed"]
    for trial in completed:
        score = TUNE["score"](trial["parameters"], TUNE["EPOCHS"] - 1)
        expect(abs(float(trial["value"]) - score) < 1e-9,
               f"trial {trial['number']} has {trial['value']}, its parameters give {score}")
    best = max(completed, key=lambda trial: float(trial["value"]))
    status = experiment.status()
    expect_equal((status["best"]["trial"], status["best"]["value"]), (best["number"], best["value"]), "best")
    states = collections.Counter(trial["state"] for trial in trials)
    expect_equal(status["trials"],
                 {"total": count, "running": 0, "succeeded": states["Completed"], "failed": states["Failed"],
                  "stopped": states["Stopped"], "reused": 0}, "status.trials")
    line = kubectl("-n", experiment.namespace, "get", "experiment", experiment.name)
    expect_words(line, f"{count}/{count}", best["value"])
    return trials


def expect_one_pod_each(experiment, count):
    """One Job and one pod for each trial, one MLflow run that its pod wrote."""
    expect_equal(pods_made(experiment), {f"{number}-1": 1 for number in range(1, count + 1)}, "pods made by the Jobs")
    labels = [pod["metadata"]["labels"] for pod in experiment.pods()]
    running = collections.Counter((each["pedigree.dev/trial"], each["pedigree.dev/attempt"]) for each in labels)
    expect(all(pods == 1 for pods in running.values()), f"pods by trial and attempt: {running}")
    _, own = experiment.runs()
    expect_equal(sorted(int(tags(run)["pedigree.trial"]) for run in own), list(range(1, count + 1)),
                 "trials of the MLflow runs")
    expect_open_intents_none(experiment)


def expect_mlflow_says_the_same(experiment, trials):
    _, own = experiment.runs()
    said = {int(tags(run)["pedigree.trial"]): run for run in own}
    for trial in trials:
        run = said[trial["number"]]
        wanted = {"Completed": "FINISHED", "Stopped": "KILLED"}.get(trial["state"])
        if wanted:
            metrics = {each["key"]: each["value"] for each in run["data"]["metrics"]}
            expect_equal((run["info"]["status"], metrics["val_score"]), (wanted, float(trial["value"])),
                         f"MLflow's run of trial {trial['number']}")


def expect_traced(experiment, best):
    """The best trial's model names its trial and those that were tried before it."""
    attempt = f"Attempt:{pod_of(experiment, best)}"
    whole = experiment.trace()
    models = {each["id"]: each["digest"] for each in nodes(whole, "Model")}
    of_best = [models[edge["from"]] for edge in whole["edges"]
               if edge["relation"] == "GeneratedBy" and edge["to"] == attempt and edge["from"] in models]
    expect_equal(len(of_best), 1, f"models of {attempt}")
    answer = json.loads(experiment.pedigree("trace", of_best[0], "-o", "json").stdout)
    tried = answer["tried"]
    expect_equal(sum(tried["counts"].values()), best - 1, "trials before the best one")
    numbers = {each["number"] for each in tried["trials"]}
    expect_equal(numbers, set(range(1, best)), f"trials that the trace of trial {best}'s model names")


def expect_goes_on(experiment, before):
    """Sixteen trials instead of twelve: what was, stays."""
    time_ms = time.time() * 1000
    experiment.patch(search={"maxTrials": 16})
    until(60, lambda: has_been_seen(experiment) and not is_finished(experiment.status()), "it goes on")
    until(60, lambda: experiment.runs()[0]["info"]["status"] == "RUNNING", "MLflow's parent run goes on, too")
    experiment.finished("Succeeded", 400)
    parent = experiment.runs()[0]["info"]
    expect(parent["status"] == "FINISHED" and parent["end_time"] > time_ms, f"the parent run's end: {parent}")
    trials = expect_outcomes(experiment, 16)
    expect_equal(trials[:12], before, "the first twelve trials")
    expect_one_pod_each(experiment, 16)


def expect_goes_on_no_more(experiment):
    experiment.patch(cancel=True)
    experiment.patch(search={"maxTrials": 20})
    until(60, lambda: has_been_seen(experiment), "the operator sees the change")
    expect(is_finished(experiment.status()), f"it goes on: {experiment.status()}")
    expect_equal(len(trials_of(experiment)), 16, "trials")


# The seed gives a second trial that learns nothing and a third that fails, whatever happens meanwhile.
# Tpe, since with it the best trial is the one with the best value; a Gaussian process may see noise.
@case(alone=True)
def a_search_whose_operator_is_killed_has_each_trial_once_and_goes_on_when_asked():
    experiment = searching("search", {
        "algorithm": {"name": "Tpe", "seed": 8}, "maxTrials": 12, "parallelTrials": 3,
        "earlyStopping": {"threshold": 0.2}, "smallerBatch": {"parameter": "train.batch_size"}},
        parameters=TOO_LARGE)
    for count in (2, 7):
        until(300, lambda: len(ended(experiment)) >= count, f"{count} trials end")
        kill_operator()
    experiment.finished("Succeeded", 600)
    trials = expect_outcomes(experiment, 12)
    expect_equal({expected(trial["parameters"]) for trial in trials},
                 {("Completed", ""), ("Stopped", ""), ("Failed", "UserCode"), ("Failed", "OutOfMemory")},
                 "kinds of ends")
    expect_equal([trial["parameters"] for trial in trials if trial["derived_from"] == 1],
                 [{**TOO_LARGE, "train.batch_size": 256}], "what follows the first trial, out of memory")
    expect_one_pod_each(experiment, 12)
    expect_mlflow_says_the_same(experiment, trials)
    expect_traced(experiment, experiment.status()["best"]["trial"])
    expect_goes_on(experiment, trials)
    expect_goes_on_no_more(experiment)


@case()
def an_objective_that_is_never_logged_ends_the_search_and_names_what_was():
    experiment = searching("no-objective", {"objective": {"metric": "val_accuracy", "goal": "Maximize"},
                                            "maxTrials": 5}, parameters=TUNE["DEFAULTS"])
    status = experiment.finished("Failed", 240)
    expect_equal(status["reason"], "ObjectiveMissing", "reason")
    expect_words(status["message"], "val_accuracy", "train_loss", "val_score")
    expect_equal(status["trials"]["total"], 1, "trials")


RATES = [{"name": "train.learning_rate", "type": "Categorical", "values": [0.01, 0.1, 0.001, 0.0001]}]


@case(tier="all")
def a_trial_that_is_worse_than_the_median_is_stopped():
    experiment = searching("median", {"space": RATES, "algorithm": {"name": "Grid"}, "maxTrials": 4,
                                      "earlyStopping": {"name": "Median", "minSteps": 1}})
    experiment.finished("Succeeded", 300)
    expect_equal([(trial["state"], trial["stop_reason"]) for trial in trials_of(experiment)],
                 [("Completed", "")] * 3 + [("Stopped", "Median")], "ends")
    expect_equal(experiment.status()["best"]["trial"], 1, "best")


@case(tier="all")
def a_cancelled_search_ends_with_the_best_so_far():
    experiment = searching("search-cancel", {"space": RATES, "algorithm": {"name": "Grid"}, "maxTrials": 4})
    until(240, lambda: len(ended(experiment)) == 3, "three trials end")
    experiment.patch(cancel=True)
    status = experiment.finished("Cancelled", 120)
    expect_equal((status["best"]["trial"], status["trials"]["succeeded"]), (1, 3), "best and succeeded")
