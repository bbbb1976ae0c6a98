"""Parts of the platform that go away while an Experiment lives: nothing is lost, and it is said."""
import os
import signal

from experiment import Experiment, expect_open_intents_none, nodes, spec, without_lock
from harness import case, expect, expect_equal, until
from machine import away, kubectl, mlflow, processes_of

STEPS = 40
# Half a second a step; written as people write it, without a thought for a server that is away.
LOGS_METRICS = f"""
import mlflow, time
with mlflow.start_run():
    for step in range({STEPS}):
        mlflow.log_metric('loss', 1 / (step + 1), step=step)
        print('step', step, flush=True)
        time.sleep(0.5)
"""
TRAINS_A_WHILE = ["python", "-c", "import time; print('begun', flush=True); time.sleep(15); print('done', flush=True)"]


def logging_metrics(name, **changes):
    return Experiment(name, spec(["python", "-c", LOGS_METRICS], tracked=True, **changes))


def training(name):
    experiment = Experiment(name, spec(TRAINS_A_WHILE, image=without_lock()))
    experiment.reason("Training")
    return experiment


def expect_whole_history(experiment):
    _, (own,) = experiment.runs()
    expect_equal(own["info"]["status"], "FINISHED", "state of the run")
    history = mlflow("metrics/get-history", run_id=own["info"]["run_id"], metric_key="loss", max_results=1000)
    expect_equal(sorted(int(each.get("step", 0)) for each in history["metrics"]), list(range(STEPS)), "steps")
    expect_equal([each["uid"] for each in nodes(experiment.trace(), "Run")], [own["info"]["run_id"]], "runs traced")


def said(experiment, step):
    """The script has come to this step."""
    return f"step {step}\n" in experiment.pedigree("logs", experiment.name, code=None).stdout


def container_ended(experiment, name):
    return any("terminated" in each["state"] for pod in experiment.pods()
               for each in pod["status"].get("containerStatuses", []) if each["name"] == name)


@case(alone=True)
def mlflow_away_at_the_start_is_waited_for():
    with away("mlflow"):
        experiment = logging_metrics("late-mlflow")
        until(120, lambda: "mlflow" in experiment.status().get("message", "").lower(), "the message names MLflow")
        expect(not experiment.status().get("finishedAt"), "it has not waited")
    experiment.finished("Succeeded", 300)
    expect_whole_history(experiment)


@case(alone=True)
def mlflow_away_in_the_middle_loses_nothing():
    experiment = logging_metrics("no-mlflow")
    experiment.reason("Training")
    until(60, lambda: said(experiment, 3), "the fourth step")
    with away("mlflow"):
        until(60, lambda: said(experiment, 20), "the script goes on while MLflow is away")
    experiment.finished("Succeeded", 300)
    expect_whole_history(experiment)


@case(alone=True)
def a_recorder_that_is_killed_goes_on():
    experiment = logging_metrics("no-recorder")
    experiment.reason("Training")
    until(60, lambda: said(experiment, 3), "the fourth step")
    pod, = experiment.pods()
    recorder, = processes_of(pod["metadata"]["uid"], "pedigree-recorder")
    os.kill(recorder, signal.SIGKILL)
    experiment.finished("Succeeded", 300)
    expect_whole_history(experiment)
    pod, = experiment.pods()
    restarts = {each["name"]: each["restartCount"] for each in pod["status"]["initContainerStatuses"]}
    expect_equal(restarts["recorder"], 1, "restarts of the recorder")


@case(alone=True)
def the_operator_and_postgresql_away_while_training_ends():
    experiment = training("no-operator")
    deployment = ("-n", "pedigree-system", "scale", "deployment/pedigree-operator")
    kubectl(*deployment, "--replicas=0")
    try:
        with away("postgresql"):
            until(120, lambda: container_ended(experiment, "train"), "the training ends by itself")
    finally:
        kubectl(*deployment, "--replicas=1")
    experiment.finished("Succeeded", 180)
    expect_equal([row[0] for row in experiment.attempts()], ["1"], "attempts")
    # The API server's aggregator notices that the operator is back a moment after the operator itself.
    kubectl("wait", "--for=condition=Available", "apiservice/v1alpha1.lineage.pedigree.dev", "--timeout=90s")
    expect(not [gap for gap in experiment.trace()["gaps"] if "Record" in gap["kind"]], "the record is whole")
    expect_open_intents_none(experiment)


@case(alone=True)
def postgresql_away_is_said_and_caught_up_with():
    experiment = training("no-database")
    with away("postgresql"):
        until(120, lambda: container_ended(experiment, "train"), "the training ends by itself")
        until(60, lambda: any(each["type"] == "LineageRecorded" and each["reason"] == "DatabaseUnavailable"
                              for each in experiment.status()["conditions"]), "the condition says so")
    experiment.finished("Succeeded", 180)
    expect_open_intents_none(experiment)
