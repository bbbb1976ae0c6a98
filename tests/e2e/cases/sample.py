"""The sample, its trace held against tools that know nothing of pedigree."""
import hashlib
import json
import pathlib
import tempfile

from experiment import (DATASET, GIT_URL, Experiment, expect_open_intents_none, nodes, sample, spec, tags)
from harness import Once, case, expect, expect_equal, expect_words
from machine import NODE_IP, git, kubectl, mlflow, registry, store_download, store_get


def the(trace, kind):
    found = nodes(trace, kind)
    expect_equal(len(found), 1, f"nodes of kind {kind}")
    return found[0]


def manifest_digest(folder):
    """A model's identity, from design.md section 2: sha256sum's lines sorted by path."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
             for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    lines.sort(key=lambda line: line[66:].encode())
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def _downloaded():
    """The model's folder, fetched from the bucket by its address in the trace."""
    folder = tempfile.TemporaryDirectory(prefix="pedigree-e2e-")
    model = next(each for each in nodes(sample().trace(), "Model") if each.get("uri", "").startswith("s3://"))
    bucket, _, prefix = model["uri"].removeprefix("s3://").partition("/")
    keys = store_download(bucket, prefix, folder.name)
    expect(keys, f"nothing is stored under {model['uri']}")
    return folder, model


downloaded = Once(_downloaded)


@case()
def the_sample_succeeds():
    status = sample().status()
    expect_equal(status["attempts"], 1, "attempts")
    expect_open_intents_none(sample())


@case()
def the_trace_names_the_commit_that_git_has():
    said = git("ls-remote", f"https://{NODE_IP}:8443/vision/mnist.git", "refs/heads/main").split()[0]
    commit = the(sample().trace(), "GitCommit")
    expect_equal(commit["digest"], f"sha1:{said}", "commit")
    expect_equal(commit["uri"], GIT_URL, "repository")
    with tempfile.TemporaryDirectory() as folder:
        git("clone", "-q", "--bare", f"https://{NODE_IP}:8443/vision/mnist.git", folder)
        tree = git("-C", folder, "rev-parse", f"{said}^{{tree}}").strip()
    expect_equal(the(sample().trace(), "RepoTree")["digest"], f"sha1:{tree}", "tree")


@case()
def the_trace_names_the_image_that_the_registry_has():
    image = the(sample().trace(), "Image")
    reference = sample().status()["resolved"]["image"]
    manifest = registry("inspect", "--raw", f"docker://{reference}")
    expect_equal(image["digest"], "sha256:" + hashlib.sha256(manifest.encode()).hexdigest(), "image digest")
    layers = [layer["digest"] for layer in json.loads(manifest)["layers"]]
    base = json.loads(registry("inspect", "--raw", f"docker://{sample().get()['spec']['image']['base'].replace(':2.13.0@', '@')}"))
    expect_equal(layers[:len(base["layers"])], [layer["digest"] for layer in base["layers"]], "the base's layers")


@case()
def the_trace_names_the_dataset_that_the_bucket_has():
    bucket, _, key = DATASET.removeprefix("s3://").partition("/")
    digest = hashlib.sha256(store_get(bucket, key)).hexdigest()
    expect_equal(the(sample().trace(), "Dataset")["digest"], f"sha256:{digest}", "dataset")


@case()
def the_model_in_the_bucket_is_the_traced_one():
    folder, model = downloaded()
    expect_equal(manifest_digest(folder.name), model["digest"], "model")


@case()
def a_downloaded_model_is_traced_as_folder_and_as_file():
    folder, model = downloaded()
    for path in (folder.name, pathlib.Path(folder.name) / "saved_model.pb"):
        answer = json.loads(sample().pedigree("trace", path, "-o", "json").stdout)
        digests = [each.get("digest") for each in answer["nodes"]]
        expect(model["digest"] in digests, f"trace {path} does not name {model['digest']}")
        attempts = [each["uid"] for each in nodes(answer, "Attempt")]
        expect(sample().attempts()[0][5] in attempts, f"trace {path} names attempts {attempts}")
        expect(nodes(answer, "GitCommit"), f"trace {path} names no commit")


@case()
def a_file_that_nobody_recorded_has_no_ancestors():
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"never seen")
        file.flush()
        answer = json.loads(sample().pedigree("trace", file.name, "-o", "json", code=None).stdout)
    expect_equal(answer["nodes"], [], "nodes")
    expect(answer["asOf"] > 0, "asOf is missing")


@case()
def a_commit_is_traced_forward_to_its_model():
    _, model = downloaded()
    commit = sample().status()["resolved"]["commit"]
    answer = json.loads(sample().pedigree("trace", f"commit:{commit}", "-o", "json").stdout)
    expect(model["digest"] in [each.get("digest") for each in answer["nodes"]],
           f"trace of the commit does not name {model['digest']}; truncated: {answer['truncated']}")


@case()
def what_the_trace_does_not_know_is_said():
    kinds = {gap["kind"] for gap in sample().trace()["gaps"]}
    expect_equal(kinds, {"RequesterNotObserved", "DataNotDeclared"}, "gaps")
    expect_words(sample().pedigree("trace", f"exp/{sample().name}").stdout, "What this does not know",
                 "RequesterNotObserved")


@case()
def mlflow_has_the_run_under_its_parent():
    parent, (own,) = sample().runs()
    expect_equal([each["info"]["status"] for each in (parent, own)], ["FINISHED", "FINISHED"], "states")
    said = tags(own)
    resolved = sample().status()["resolved"]
    expect_equal(said["mlflow.parentRunId"], parent["info"]["run_id"], "parent")
    expect_equal(said["mlflow.source.git.commit"], resolved["commit"], "commit")
    expect_equal(said["mlflow.docker.image.uri"], resolved["image"], "image")
    expect_equal(said["pedigree.attempt"], sample().attempts()[0][5], "attempt")
    expect(said.get("mlflow.user"), "the run has no user")
    run = the(sample().trace(), "Run")
    expect_equal(run["uid"], own["info"]["run_id"], "run in the trace")
    metrics = mlflow("runs/get", run_id=run["uid"])["run"]["data"]["metrics"]
    expect("val_accuracy" in {each["key"] for each in metrics}, "MLflow has no val_accuracy")


@case()
def a_second_commit_with_the_same_tree_shares_the_image_and_names_itself():
    first = sample()
    document = spec(["python", "train.py"], dataset=True, tracked=True, model=True,
                    source={"git": {"url": GIT_URL, "ref": "same-tree", "secretName": "git-token"}},
                    resources={"cpu": "1", "memory": "2Gi"}, parameters={"train.epochs": 1})
    second = Experiment("same-tree", document)
    resolved = second.finished("Succeeded", 300)["resolved"]
    before = first.status()["resolved"]
    expect_equal(resolved["image"], before["image"], "image")
    expect_equal(resolved["tree"], before["tree"], "tree")
    expect(resolved["commit"] != before["commit"], "both have one commit")
    expect_equal(the(second.trace(), "GitCommit")["digest"], f"sha1:{resolved['commit']}", "commit")
    expect_equal(the(first.trace(), "GitCommit")["digest"], f"sha1:{before['commit']}", "first one's commit")


@case()
def the_read_api_answers_kubectl():
    _, model = downloaded()
    path = f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{sample().namespace}/traces/{model['digest']}"
    answer = json.loads(kubectl("get", "--raw", path))
    expect(nodes(answer, "Model"), f"no model in {list(answer)}")
