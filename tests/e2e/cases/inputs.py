"""What is asked for wrongly ends soon, as Configuration, with words that say what to do."""
from experiment import DATASET, GIT_URL, NAMESPACE, Experiment, spec, without_lock
from harness import case, expect_equal, expect_words
from machine import NODE_IP, apply, fact

WRONG = "sha256:" + "1" * 64


def refused(name, document, *words, seconds=60):
    experiment = Experiment(name, document)
    status = experiment.finished("Failed", seconds)
    expect_words(f"{status['reason']}: {status['message']}", *words)
    return experiment


def plain(**changes):
    return spec(["python", "-c", "print(1)"], **{"image": without_lock(), **changes})


def apply_secret(name, data, hosts):
    apply({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "stringData": data,
           "metadata": {"name": name, "namespace": NAMESPACE,
                        "annotations": {"pedigree.dev/hosts": hosts} if hosts else {}}})


@case()
def a_wrong_dataset_digest_names_both_digests():
    document = plain(dataset=True)
    document["inputs"][0]["digest"] = WRONG
    experiment = refused("digest", document, WRONG, fact("dataset-digest"), seconds=60)
    row, = experiment.attempts()
    expect_equal(row[2], "Configuration", "class")
    conditions = {each["type"]: each for each in experiment.status()["conditions"]}
    expect_equal(conditions["Failed"]["status"], "True", "condition Failed")


@case()
def a_missing_secret_is_named():
    refused("no-secret", plain(source={"git": {"url": GIT_URL, "ref": "main", "secretName": "absent"}}),
            "SecretMissing", "absent")


@case()
def a_missing_key_is_named():
    apply_secret("half-login", {"username": "pedigree"}, "git.dev.svc:8443")
    refused("no-key", plain(source={"git": {"url": GIT_URL, "ref": "main", "secretName": "half-login"}}),
            "SecretKeyMissing", "half-login", "password")


@case()
def a_secret_without_the_hosts_annotation_is_not_used():
    apply_secret("no-hosts", {"username": "pedigree", "password": "e2e-unused"}, "")
    refused("no-hosts", plain(source={"git": {"url": GIT_URL, "ref": "main", "secretName": "no-hosts"}}),
            "SecretHostNotAllowed", "no-hosts", "pedigree.dev/hosts", "git.dev.svc:8443")


@case()
def a_base_image_that_does_not_exist_is_named():
    refused("no-base", plain(image={"base": f"{NODE_IP}:5000/base/tensorflow:2.13.0@{WRONG}",
                                    "pullSecretName": "base-pull"}), WRONG)


@case()
def a_commit_that_does_not_exist_is_named():
    refused("no-commit", plain(source={"git": {"url": GIT_URL, "commit": "1" * 40, "secretName": "git-token"}}),
            "1" * 12)


@case()
def a_branch_that_does_not_exist_is_named():
    refused("no-branch", plain(source={"git": {"url": GIT_URL, "ref": "absent", "secretName": "git-token"}}),
            "absent")


@case()
def a_command_that_does_not_exist_is_named():
    refused("no-command", spec(["no-such-program"], image=without_lock()), "no-such-program", seconds=120)


@case(tier="all")
def a_dataset_that_does_not_exist_is_named():
    document = plain(dataset=True)
    document["inputs"][0]["uri"] = DATASET + ".absent"
    refused("no-dataset", document, "mnist.npz.absent", seconds=90)


@case()
def good_experiments_finish_beside_poisoned_ones():
    poisoned = [Experiment(f"poison-{number}", plain(source={"git": {
        "url": GIT_URL, "ref": f"absent-{number}", "secretName": "git-token"}})) for number in range(50)]
    for good in [Experiment(f"good-{number}", plain()) for number in range(5)]:
        good.finished("Succeeded", 180)
    for each in poisoned:
        each.finished("Failed", 120)
