"""Images that somebody else built, with the commit's code on top and as they are."""
from experiment import GIT_URL, RUN, Experiment, nodes, spec
from harness import Once, case, expect, expect_equal, expect_words
from machine import NODE_IP, ROOT, fact, registry, run, sql


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


@case()
def a_base_that_its_registry_has_lost_is_read_from_where_it_was_kept():
    digest, repository = fact("slim-base-digest"), f"{NODE_IP}:5000/base/lost-{RUN}"
    registry("copy", f"docker://{NODE_IP}:5000/base/python@{digest}", f"docker://{repository}:1")
    image = {"base": f"{repository}:1@{digest}", "pullSecretName": "base-pull"}
    command = ["python3", "-c", "print(1)"]
    first = Experiment("kept", spec(command, image=image)).finished("Succeeded", 200)["resolved"]["image"]
    registry("delete", f"docker://{repository}:1")
    sql(f"delete from pedigree.base_inventory where base like '{repository}%'")  # so that it has to be read
    again = Experiment("lost", spec(command, image=image, source={
        "git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}, "subdirectory": "stacks/slim"}))
    expect(again.finished("Succeeded", 200)["resolved"]["image"] != first, "it was not built anew")
    expect_words(str(nodes(again.trace(), "ImageBuild")), "where an earlier build kept it")
    expect(digest in str(nodes(again.trace(), "BaseImage")), "another base")
