"""One namespace's right never rests on another's: tried from a second namespace, with a user's rights."""
import json
import urllib.parse

from experiment import NAMESPACE, OTHER, Experiment, nodes, sample, spec, without_lock
from harness import case, expect, expect_equal, expect_words
from machine import run, secret

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
