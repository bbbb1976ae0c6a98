"""One namespace's right never rests on another's: tried from a second namespace, with a user's rights."""
import contextlib
import json
import pathlib
import tempfile
import urllib.parse

from experiment import NAMESPACE, OTHER, Experiment, nodes, sample, spec, without_lock
from harness import case, expect, expect_equal, expect_words
from machine import ENVIRONMENT, apply, kubectl, pedigree, run, secret, store_list

TRIALS = f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{OTHER}/trials/"


def plain(**changes):
    return spec(["python", "-c", "import os; print(sorted(os.listdir('/given')))"],
                **{"image": without_lock(), **changes})


def refused(name, document, *words):
    """Ends at once, and nothing was started."""
    experiment = Experiment(name, document, namespace=OTHER)
    status = experiment.finished("Failed", 60)
    expect_words(f"{status['reason']}: {status['message']}", *words)
    expect_equal(experiment.attempts(), [], "attempts")


def the_model():
    return next(each for each in nodes(sample().trace(), "Model") if each.get("uri", "").startswith("s3://"))


def paths_of(model):
    """Its files, as the bucket has them."""
    bucket, _, prefix = model["uri"].removeprefix("s3://").partition("/")
    return {key.removeprefix(prefix) for key in store_list(bucket, prefix)}


def as_input(model, **more):
    return [{"name": "given", "kind": "Model", "uri": model["uri"], "digest": model["digest"],
             "mountPath": "/given", **more}]


@case(last=True)
def another_namespaces_model_is_no_input():
    for number, more in enumerate(({}, {"secretName": "pedigree-artifact-store"})):
        refused(f"loot-{number}", plain(inputs=as_input(the_model(), **more)),
                "InputNotOfNamespace", f"s3://pedigree/namespaces/{OTHER}/")


@case(last=True)
def ones_own_model_is_an_input_without_a_secret():
    expect(f"/namespaces/{NAMESPACE}/" in the_model()["uri"], f"the model lies at {the_model()['uri']}")
    Experiment("own-model", plain(inputs=as_input(the_model()))).finished("Succeeded", 180)


@case(last=True)
def another_namespaces_image_is_not_run_with_the_platforms_login():
    image = sample().status()["resolved"]["image"]
    refused("loot-image", plain(image={"prebuilt": {"image": image, "asIs": True}, "pullSecretName": "pedigree-pull"}),
            "ImageNotOfNamespace", "pedigree-pull", f"/pedigree/{OTHER}")


@case()
def a_guess_at_a_secret_is_answered_as_any_other():
    for guess in (secret("mlflow-login"), secret("git-token"), "no-secret-of-anybody"):
        done = run(["kubectl", "get", "--raw", TRIALS + urllib.parse.quote(guess, safe="")], code=None)
        said = done.stdout + done.stderr
        expect(done.returncode != 0 and "no Experiment" in said, f"found {said[:100]}")
        expect("redacted" not in said, "a guess is told from another by what is left out")


@contextlib.contextmanager
def viewer_of(namespace):
    """The environment of a user who has the role `view` in one namespace, and no login of the store."""
    user = f"viewer-of-{namespace}"
    apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
           "metadata": {"name": user, "namespace": namespace},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
           "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]})
    config = json.loads(kubectl("config", "view", "--raw", "-o", "json"))
    for each in config["users"]:
        each["user"]["as"] = user
    with tempfile.TemporaryDirectory(prefix="pedigree-e2e-") as folder:
        kubeconfig = pathlib.Path(folder) / "kubeconfig"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(json.dumps(config))
        yield {**ENVIRONMENT, "KUBECONFIG": str(kubeconfig)}


@case()
def a_viewer_downloads_the_model_and_another_namespaces_viewer_does_not():
    name, attempt = f"exp/{sample().name}", f"attempt:{sample().attempts()[0][5]}"
    with tempfile.TemporaryDirectory(prefix="pedigree-e2e-") as folder:
        with viewer_of(NAMESPACE) as environment:
            line = ("-n", NAMESPACE, "download", name, "-o", folder, "--format", "json")
            said = json.loads(pedigree(*line, environment=environment).stdout)
            again = json.loads(pedigree(*line, environment=environment).stdout)
        expect_equal(said["digest"], the_model()["digest"], "the model's digest")
        expect(all(each["written"] for each in said["items"]), "a file was there already")
        expect(not any(each["written"] for each in again["items"]), "what was whole is written again")
        answer = json.loads(sample().pedigree("trace", folder, "-o", "json").stdout)
        expect_equal(answer["root"], f"Model:{said['digest']}", "what a trace takes the folder for")
        expect_equal({each["path"] for each in said["items"]}, paths_of(the_model()), "files in the bucket")
    with tempfile.TemporaryDirectory(prefix="pedigree-e2e-") as folder, viewer_of(OTHER) as environment:
        refusal = pedigree("-n", NAMESPACE, "download", name, "-o", folder, code=5, environment=environment)
        expect_words(refusal.stderr, "objects.lineage.pedigree.dev", "forbidden")
        pedigree("-n", OTHER, "download", attempt, "-o", folder, code=4, environment=environment)
        expect_equal(list(pathlib.Path(folder).iterdir()), [], "what was written")
