"""The stacks that people train with: each lock is built on the base, imported, and trains a little."""
from experiment import GIT_URL, Experiment, base_image, nodes, spec
from harness import case, expect, expect_words
from machine import ROOT


def trains(stack, *words):
    folder = f"stacks/{stack}"
    experiment = Experiment(f"stack-{stack}", spec(
        ["python", "train.py"], model=True, parameters={"train.learning_rate": 0.01},
        source={"git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}, "subdirectory": folder},
        resources={"cpu": "1", "memory": "2Gi", "scratch": "2Gi"}))
    experiment.finished("Succeeded", 400)
    expect_words(experiment.pedigree("logs", experiment.name).stdout, *words)
    trace = experiment.trace()
    locked = [line.split("==")[0] for line in (ROOT / "dev/samples/mnist" / folder / "requirements.lock")
              .read_text().splitlines() if "==" in line]
    traced = {each["attributes"]["name"].split()[0].lower().replace("_", "-") for each in nodes(trace, "Wheel")}
    expect(set(locked) <= traced, f"wheels in the lock, not in the trace: {set(locked) - traced}")
    expect(nodes(trace, "Lockfile") and nodes(trace, "BaseImage"), "lock or base is missing in the trace")
    expect(base_image().split("@")[1] in str(nodes(trace, "BaseImage")), "another base")


@case()
def the_tensorboard_stack_builds_and_trains():
    trains("tensorboard", "plugins", "profile", "Epoch 2/2")


@case()
def the_clearml_stack_builds_and_trains():
    trains("clearml", "session True", "Epoch 2/2")
