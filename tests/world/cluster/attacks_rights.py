"""One namespace's right never rests on another's: stores, bases, images, Secrets by guess."""
import hashlib
import json
import re

from cluster.parts import failed, own_namespace, small
from experiment import GIT_URL, NAMESPACE, OTHER, base_image, spec, without_lock
from harness import Once, case, expect, expect_equal, expect_words
from machine import fact, kubectl, run, secret, store_get

PRINTS = ["python", "-c", "print(1)"]


def _theirs():
    """An object that another namespace's attempt left in the platform's store: key and digest."""
    experiment = small("theirs", ["python", "-c", (
        "import os; os.makedirs('outputs/model'); open('outputs/model/weights', 'w').write('secret weights')")],
        outputs=[{"name": "model", "path": "outputs/model"}])
    experiment.finished("Succeeded")
    model = next(each for each in experiment.trace()["nodes"] if each["kind"] == "Model")
    key = model["uri"].removeprefix("s3://pedigree/").rstrip("/") + "/weights"
    return experiment, key, "sha256:" + hashlib.sha256(store_get("pedigree", key)).hexdigest()


theirs = Once(_theirs)


def without_secret(name, key, digest):
    return small(name, PRINTS, OTHER, inputs=[{"name": "stolen", "uri": f"s3://pedigree/{key}", "digest": digest,
                                               "mountPath": "/data"}])


@case(tier="all")
def a04_an_input_without_a_secret_reads_only_below_its_own_namespace():
    _, key, digest = theirs()
    for name, asked in (("attack-guess", "sha256:" + "0" * 64), ("attack-known", digest)):
        said = failed(without_secret(name, key, asked))
        expect_words(said, "InputNotOfNamespace", f"namespaces/{OTHER}/")
        expect(asked == digest or digest not in said, f"the digest of what may not be read is told: {said}")


@case(tier="all")
def a12_another_namespaces_image_is_not_run_by_the_platforms_pull_secret():
    experiment, _, _ = theirs()
    image = experiment.status()["resolved"]["image"]
    expect_words(image, f"/{NAMESPACE}@")
    attack = small("attack-prebuilt", PRINTS, OTHER, image={"prebuilt": {"image": image, "asIs": True},
                                                            "pullSecretName": "pedigree-pull"})
    expect_words(failed(attack), "ImageNotOfNamespace", f"/{OTHER}")


@case(tier="all")
def a12_a_base_that_another_namespace_may_read_is_not_read_for_this_one():
    """Others know what the base holds by now, and the platform's registry has its layers. A namespace asks once: what
    it was given with a Secret of its own, is known to the namespace."""
    with own_namespace("no-base") as namespace:
        said = failed(small("attack-base", PRINTS, namespace, image={"base": base_image()}))
        expect(any(word in said for word in ("AuthenticationFailed", "RegistryDenied", "ImageNotFound")), said)
        small("own-base", PRINTS, namespace).finished("Succeeded")
        small("known-base", PRINTS, namespace, image={"base": base_image()}).finished("Succeeded")


@case()
def a14_a_guess_at_a_secret_is_not_confirmed():
    """What is answered to a guess that is a Secret's value is what is answered to any other; but for the ledger's
    position, which grows meanwhile by what others do."""
    def answers(guess):
        paths = (f"trials/{guess}", f"logs/{guess}", f"traces/exp/{guess}")
        said = [run(["kubectl", "get", "--raw", f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{OTHER}/{path}"],
                    code=None) for path in paths]
        return [re.sub('"asOf": ?[0-9]+', '"asOf":N', (each.stdout + each.stderr).replace(guess, "GUESS"))
                for each in said]
    for name in ("s3-secret-key", "git-token"):
        value = secret(name)
        other = "x" * len(value)
        expect_equal(answers(value), answers(other), f"answers to the value of {name} and to another")


@case()
def a14_ordinary_words_are_not_blanked():
    """A Secret whose value is a word that messages have."""
    document = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth",
                "metadata": {"name": "ordinary", "namespace": OTHER,
                             "annotations": {"pedigree.dev/hosts": "git.dev.svc:8443"}},
                "stringData": {"username": "Experiment", "password": "digest"}}
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=json.dumps(document))
    small("ordinary-git", PRINTS, OTHER, source={"git": {"url": GIT_URL, "ref": "main", "secretName": "ordinary"}}
          ).finished("Failed", 120)
    document = spec(PRINTS, dataset=True, image=without_lock())
    document["inputs"][0]["digest"] = "sha256:" + "1" * 64
    wrong = small("ordinary-digest", document.pop("command"), NAMESPACE, inputs=document["inputs"])
    said = failed(wrong)
    expect("[redacted]" not in said, said)
    expect_words(said, fact("dataset-digest"))
