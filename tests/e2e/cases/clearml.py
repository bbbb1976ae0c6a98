"""What the record has of scripts that log to ClearML, with no tracker named and no server anywhere."""
import json

from experiment import GIT_URL, Experiment, nodes, spec
from harness import case, expect, expect_equal, expect_words
from machine import ROOT, kubectl_json
from trials import trials_of


def sample():
    return kubectl_json("create", "--dry-run=client", "-f", str(ROOT / "dev/run/samples/clearml.yaml"))["spec"]


def script(text):
    """An Experiment of these lines, in the image of the sample's stack."""
    return spec(["python", "-c", text], source={
        "git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}, "subdirectory": "stacks/clearml"})


def only_run(experiment):
    found = nodes(experiment.trace(), "Run")
    expect_equal(len(found), 1, "runs")
    expect_equal(found[0]["attributes"]["tracker"], "ClearML", "tracker")
    return {"parameters": {}, "metrics": {}, "logged": {}} | found[0]["attributes"]


def artifacts(experiment):
    """By name, Models and others, that ClearML was given."""
    trace = experiment.trace()
    return {each["attributes"]["name"]: each for kind in ("Artifact", "Model") for each in nodes(trace, kind)
            if each["attributes"].get("source") == "ClearML"}


@case()
def an_unchanged_clearml_script_with_no_server_has_its_task_in_the_record():
    experiment = Experiment("clearml", sample())
    experiment.finished("Succeeded", 400)
    run = only_run(experiment)
    expect_equal((run["name"], run["scriptStatus"]), ("dense", "completed"), "name, and what the script said")
    expect_equal({name: run["parameters"].get(f"General/{name}") for name in ("epochs", "train.learning_rate")},
                 {"epochs": "2", "train.learning_rate": "0.01"}, "parameters")
    # As the SDK sent it.
    printed = float(experiment.logs().split("last loss ")[-1].split()[0])
    expect(abs(float(run["metrics"]["loss/train"]) - printed) < 1e-4, f"the last loss: {run['metrics']}, {printed}")
    kept = artifacts(experiment)
    expect_equal((kept["history"]["kind"], kept["digits"]["kind"]), ("Artifact", "Model"), "kinds of what was uploaded")
    expect("/uploads/clearml/files/digits/dense." in kept["digits"]["uri"], f"its place: {kept['digits']['uri']}")
    expect("127.0.0.1" not in str(kept), f"an address of the pod: {kept}")
    expect_the_command_line_shows(experiment, run)


def expect_the_command_line_shows(experiment, run):
    """What a person asks of a run, and what a trace says of it, are one answer."""
    last = float(run["metrics"]["loss/train"])
    listed = json.loads(experiment.pedigree(
        "runs", experiment.name, "--where", "metric.loss/train > 0", "-o", "json").stdout)
    expect_equal([(each["name"], each["tracker"], each["metrics"]["loss/train"]) for each in listed["items"]],
                 [("dense", "ClearML", last)], "runs")
    series = json.loads(experiment.pedigree(
        "metrics", experiment.name, "--run", listed["items"][0]["id"], "--key", "loss/train",
        "-o", "json").stdout)["items"]
    expect_equal([(each["count"], len(each["points"]), each["points"][-1]["value"]) for each in series],
                 [(2, 2, last)], "the series of the loss")
    expect_equal(experiment.status()["gaps"], len(experiment.trace()["gaps"]), "gaps of the status, and of the trace")


@case()
def a_clearml_script_that_is_killed_keeps_what_it_logged():
    experiment = Experiment("clearml-killed", script(
        "import os, signal, time, clearml\n"
        "task = clearml.Task.init(project_name='killed', task_name='killed')\n"
        "for step in range(50): task.get_logger().report_scalar('loss', 'a', value=1 / (step + 1), iteration=step)\n"
        "task.flush(wait_for_uploads=True)\n"
        "time.sleep(10)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"))
    experiment.finished("Failed", 400)
    run = only_run(experiment)
    expect_equal(run["metrics"]["loss/a"], "0.02", "the last loss")
    expect("scriptStatus" not in run, "a status that nobody said")
    expect_equal(run["status"], "KILLED", "how it ended")


@case()
def a_clearml_script_that_raises_says_so_itself():
    experiment = Experiment("clearml-raises", script(
        "import clearml\n"
        "task = clearml.Task.init(project_name='raises', task_name='raises')\n"
        "task.get_logger().report_scalar('loss', 'a', value=0.5, iteration=0)\n"
        "raise ValueError('boom')\n"))
    experiment.finished("Failed", 400)
    run = only_run(experiment)
    expect("scriptStatus" in run, f"the task never said that it failed; its run is {run}, its log {experiment.logs()}")
    expect_equal((run["scriptStatus"], run["metrics"]["loss/a"]), ("failed", "0.5"), "what the script said")
    expect_words(experiment.logs(), "ValueError: boom")


@case()
def a_search_reads_its_objective_from_clearml():
    experiment = Experiment("clearml-search", {**sample(), "search": {
        "objective": {"metric": "loss/train", "goal": "Minimize"}, "maxTrials": 2, "parallelTrials": 1,
        "algorithm": {"name": "Random", "seed": 7},
        "space": [{"name": "train.learning_rate", "type": "Float", "min": 0.001, "max": 0.1, "scale": "Log"}]}})
    experiment.finished("Succeeded", 600)
    trials = trials_of(experiment)
    expect_equal([trial["state"] for trial in trials], ["Completed"] * 2, "trials")
    losses = sorted(each["attributes"]["metrics"]["loss/train"] for each in nodes(experiment.trace(), "Run"))
    expect_equal(sorted(trial["value"] for trial in trials), losses, "values of the trials, losses in the record")
