"""Images that somebody else built, with the commit's code on top and as they are."""
from experiment import Experiment, nodes, spec
from harness import Once, case, expect, expect_equal
from machine import ROOT, run


def _prebuilt():
    return run([ROOT / "dev/samples/prebuilt-image.sh"], seconds=600).stdout.split()[-1]


prebuilt = Once(_prebuilt)


@case()
def a_prebuilt_image_runs_with_the_code_on_top():
    experiment = Experiment("prebuilt", spec(
        ["python", "train.py"], dataset=True, tracked=True, model=True, parameters={"train.epochs": 1},
        image={"prebuilt": {"image": prebuilt()}, "pullSecretName": "base-pull"},
        resources={"cpu": "1", "memory": "2Gi"}))
    resolved = experiment.finished("Succeeded", 300)["resolved"]
    expect(prebuilt().split("@")[1] not in resolved["image"], "the code is not on top")
    trace = experiment.trace()
    expect("NoAttestation" in {gap["kind"] for gap in trace["gaps"]}, f"gaps: {trace['gaps']}")
    expect(nodes(trace, "GitCommit"), "the code's commit is missing")


@case()
def an_image_as_it_is_runs_its_own_code():
    experiment = Experiment("as-is", spec(
        ["python", "/app/train.py"], dataset=True, tracked=True, parameters={"train.epochs": 1},
        image={"prebuilt": {"image": prebuilt(), "asIs": True}, "pullSecretName": "base-pull"},
        resources={"cpu": "1", "memory": "2Gi"}))
    resolved = experiment.finished("Succeeded", 300)["resolved"]
    expect_equal(resolved["image"].split("@")[1], prebuilt().split("@")[1], "image")
    expect("NoAttestation" in {gap["kind"] for gap in experiment.trace()["gaps"]}, "the gap is missing")
