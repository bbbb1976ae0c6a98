"""What the record has of scripts that log to Weights & Biases, with no tracker named and no server anywhere."""
from experiment import GIT_URL, Experiment, nodes, spec
from harness import case, expect, expect_equal, expect_words
from machine import ROOT, kubectl_json
from trials import trials_of


def sample():
    return kubectl_json("create", "--dry-run=client", "-f", str(ROOT / "dev/run/samples/wandb.yaml"))["spec"]


def script(text):
    """An Experiment of these lines, in the image of the sample's stack."""
    return spec(["python", "-c", text], source={
        "git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}, "subdirectory": "stacks/wandb"})


def only_run(experiment):
    found = nodes(experiment.trace(), "Run")
    expect_equal(len(found), 1, "runs")
    expect_equal(found[0]["attributes"]["tracker"], "W&B", "tracker")
    return {"parameters": {}, "metrics": {}, "logged": {}} | found[0]["attributes"]


def artifacts(experiment):
    """By name, Models and others, that W&B was given or wrote."""
    trace = experiment.trace()
    return {each["attributes"]["name"]: each for kind in ("Artifact", "Model") for each in nodes(trace, kind)
            if each["attributes"].get("source") == "W&B"}


@case()
def an_unchanged_wandb_script_with_no_server_has_its_run_in_the_record():
    experiment = Experiment("wandb", sample())
    experiment.finished("Succeeded", 400)
    run = only_run(experiment)
    expect_equal((run["name"], run["scriptStatus"]), ("dense", "finished"), "name, and what the script said")
    expect_equal(run["parameters"], {"epochs": "2", "train.learning_rate": "0.01"}, "configuration")
    expect_equal(run["metrics"]["epoch"], "1", "the last epoch")
    expect_words(experiment.logs(), f"accuracy {run['metrics']['accuracy']}")
    kept = artifacts(experiment)
    expect_equal(kept["digits:v0"]["kind"], "Model", "the kind of the artifact that is a model")
    expect("/uploads/wandb/artifacts/1/" in kept["digits:v0"]["uri"], f"its place: {kept['digits:v0']['uri']}")
    expect(any(name.endswith("/files") for name in kept), f"no files of the run: {list(kept)}")
    expect(any(name.startswith("wandb/run-") for name in kept), f"no .wandb file: {list(kept)}")


@case()
def a_wandb_script_that_is_killed_keeps_what_it_logged():
    experiment = Experiment("wandb-killed", script(
        "import os, signal, time, wandb\n"
        "wandb.init(project='killed')\n"
        "for step in range(50): wandb.log({'loss': 1 / (step + 1)})\n"
        "time.sleep(10)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"))
    experiment.finished("Failed", 400)
    run = only_run(experiment)
    expect_equal(run["metrics"]["loss"], "0.02", "the last loss")
    expect("scriptStatus" not in run, "a status that nobody said")
    expect_equal(run["status"], "KILLED", "how it ended")


@case()
def an_offline_wandb_script_is_read_from_its_file():
    experiment = Experiment("wandb-offline", script(
        "import wandb\n"
        "run = wandb.init(project='offline', mode='offline', config={'lr': 0.1})\n"
        "for step in range(3): run.log({'loss': step})\n"
        "run.finish()\n"))
    experiment.finished("Succeeded", 400)
    run = only_run(experiment)
    expect_equal((run["parameters"], run["metrics"]["loss"]), ({"lr": "0.1"}, "2"), "what the file says")


@case()
def an_experiments_parameters_win_in_wandbs_config():
    experiment = Experiment("wandb-config", {**script(
        "import wandb\n"
        "run = wandb.init(project='locked', config={'lr': 0.5, 'epochs': 3})\n"
        "run.log({'lr_used': run.config.lr})\n"
        "run.finish()\n"), "parameters": {"lr": 0.25}})
    experiment.finished("Succeeded", 400)
    run = only_run(experiment)
    expect_equal(run["parameters"], {"epochs": "3", "lr": "0.25"}, "configuration")
    expect_equal(run["metrics"]["lr_used"], "0.25", "the value that the script saw")


@case()
def a_search_reads_its_objective_from_wandb():
    experiment = Experiment("wandb-search", {**sample(), "search": {
        "objective": {"metric": "loss", "goal": "Minimize"}, "maxTrials": 2, "parallelTrials": 1,
        "algorithm": {"name": "Random", "seed": 7},
        "space": [{"name": "train.learning_rate", "type": "Float", "min": 0.001, "max": 0.1, "scale": "Log"}]}})
    experiment.finished("Succeeded", 600)
    trials = trials_of(experiment)
    expect_equal([trial["state"] for trial in trials], ["Completed"] * 2, "trials")
    losses = sorted(each["attributes"]["metrics"]["loss"] for each in nodes(experiment.trace(), "Run"))
    expect_equal(sorted(trial["value"] for trial in trials), losses, "values of the trials, losses in the record")
