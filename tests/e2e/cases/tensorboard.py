"""What the record has of scripts that log for TensorBoard, with no tracker named."""
from experiment import Experiment, nodes, spec
from harness import case, expect, expect_equal, expect_words
from machine import ROOT, kubectl_json
from trials import trials_of


def sample(name):
    return kubectl_json("create", "--dry-run=client", "-f", str(ROOT / f"dev/run/samples/{name}.yaml"))["spec"]


def runs(experiment):
    """The attributes of each run by its folder."""
    found = {}
    for each in nodes(experiment.trace(), "Run"):
        attributes = {"parameters": {}, "metrics": {}, "logged": {}} | each["attributes"]
        expect_equal(attributes["tracker"], "TensorBoard", "tracker")
        found[attributes["name"]] = attributes
    return found


@case()
def an_unchanged_hparams_script_has_its_trials_in_the_record():
    experiment = Experiment("hparams", sample("hparams"))
    experiment.finished("Succeeded", 400)
    found = runs(experiment)
    expect_equal(sorted(found), [f"logs/hparam_tuning/run-{number}" for number in range(3)], "runs")
    rates = [found[name]["parameters"]["learning_rate"] for name in sorted(found)]
    expect_equal(rates, ["0.001", "0.01", "0.1"], "learning rates")
    for name, run in found.items():
        accuracy = float(run["metrics"]["accuracy"])
        expect(0 <= accuracy <= 1, f"accuracy of {name}")
        expect_words(experiment.logs(), f"{name} accuracy {accuracy}")
    trace = experiment.trace()
    folders = {each["attributes"]["name"]: each for each in nodes(trace, "Artifact")
               if each["attributes"].get("source") == "TensorBoard"}
    # Each run's event file, and that of the experiment's own folder.
    expect_equal(sorted(folders), ["logs/hparam_tuning", *sorted(found)], "folders that are kept")
    for name, folder in folders.items():
        expect(f"/logs/hparams/{experiment.name}/" in folder["uri"] and folder["uri"].endswith(name + "/"),
               f"{folder['uri']} is no place of the layout")


@case()
def kerass_callbacks_log_runs_of_their_own():
    experiment = Experiment("tb-keras", sample("tensorboard"))
    experiment.finished("Succeeded", 400)
    found = runs(experiment)
    expect_equal(found["logs"]["parameters"], {"train.learning_rate": "0.01"}, "hyperparameters")
    expect_equal(found["logs"]["scriptStatus"], "SUCCESS", "what the callback says")
    expect("epoch_loss" in found["logs/train"]["metrics"], f"no loss: {found}")
    expect(found["logs/train"]["logged"], "the graph is not counted")


@case()
def a_script_that_is_killed_keeps_what_it_logged():
    script = ("import os, signal, tensorflow as tf\n"
              "with tf.summary.create_file_writer('logs/killed').as_default() as writer:\n"
              "    for step in range(50): tf.summary.scalar('loss', 1 / (step + 1), step=step)\n"
              "    writer.flush()\n"
              "    os.kill(os.getpid(), signal.SIGKILL)\n")
    experiment = Experiment("tb-killed", spec(["python", "-c", script]))
    experiment.finished("Failed", 300)
    expect_equal(list(runs(experiment)), ["logs/killed"], "runs")
    expect_equal(runs(experiment)["logs/killed"]["metrics"], {"loss": "0.019999999552965164"}, "the last loss")
    expect("scriptStatus" not in runs(experiment)["logs/killed"], "a status that nobody wrote")


@case()
def a_search_reads_its_objective_from_event_files():
    """The script of the sample names no MLflow; Keras' callback writes epoch_loss."""
    experiment = Experiment("tb-search", {**sample("tensorboard"), "search": {
        "objective": {"metric": "epoch_loss", "goal": "Minimize"}, "maxTrials": 2, "parallelTrials": 1,
        "algorithm": {"name": "Random", "seed": 7},
        "space": [{"name": "train.learning_rate", "type": "Float", "min": 0.001, "max": 0.1, "scale": "Log"}]}})
    experiment.finished("Succeeded", 500)
    trials = trials_of(experiment)
    expect_equal([trial["state"] for trial in trials], ["Completed"] * 2, "trials")
    losses = sorted(each["attributes"]["metrics"]["epoch_loss"]
                    for each in nodes(experiment.trace(), "Run") if each["attributes"]["name"] == "logs/train")
    expect_equal(sorted(trial["value"] for trial in trials), losses, "values of the trials, losses in the record")
