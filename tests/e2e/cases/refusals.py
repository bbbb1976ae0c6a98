"""What a cluster may refuse of a pod: names, quotas, limits. It runs, or says whose word stands against it."""
import copy

from experiment import NAMESPACE, RUN, SECRETS, Experiment, spec, without_lock
from harness import case, expect, expect_words
from machine import apply, kubectl, kubectl_json

# What must arrive as it is written, and what an image's variables must not do to a pod without a GPU.
WORDS = ["$$", "$(HOME)", "$$(HOME)", "100$"]
CHECKS = (f"import json, os, sys; assert sys.argv[1:5] == {WORDS!r}, sys.argv; "
          "assert os.environ['NVIDIA_VISIBLE_DEVICES'] == 'void'; "
          "p = json.load(open(os.environ['PEDIGREE_PARAMETERS'])); assert len(p['p39']) == 4000")


def own_namespace(name, *objects):
    """With the Secrets that an Experiment needs, and what stands in its way."""
    name = f"{name}-{RUN}"
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for item in kubectl_json("-n", NAMESPACE, "get", "secrets", *SECRETS)["items"]:
        item["metadata"] = {"name": item["metadata"]["name"], "namespace": name,
                            "annotations": item["metadata"].get("annotations", {})}
        apply(item)
    for each in objects:
        each = copy.deepcopy(each)
        each["metadata"]["namespace"] = name
        apply(each)
    return name


def quota(name, **hard):
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": {"hard": hard}}


def small(**changes):
    return spec(["python", "-c", "print(1)"], image=without_lock(), **changes)


@case()
def long_names_dots_and_large_parameters_run():
    secret = kubectl_json("-n", NAMESPACE, "get", "secret", "data-read")
    secret["metadata"] = {"name": "data.read.v2", "namespace": NAMESPACE,
                          "annotations": secret["metadata"].get("annotations", {})}
    apply(secret)
    document = spec(["python", "-c", CHECKS, *WORDS], dataset=True, image=without_lock(),
                    parameters={f"p{number}": "x" * 4000 for number in range(40)})
    document["inputs"][0].update(name="a" * 63, secretName="data.read.v2")
    experiment = Experiment("long-names", document)
    experiment.finished("Succeeded")
    left = kubectl("-n", NAMESPACE, "get", "configmaps", "-o", "name", "-l",
                   f"pedigree.dev/experiment={experiment.uid}")
    expect(not left.strip(), f"left behind: {left}")


@case()
def a_quota_on_limits_is_met_and_one_that_is_used_up_is_quoted():
    name = own_namespace("e2e-quota", quota("amounts", **{"limits.cpu": "8", "limits.memory": "16Gi",
                                                          "requests.cpu": "8", "requests.memory": "16Gi"}),
                         quota("count", pods="0"))
    experiment = Experiment("quota", small(), name)
    experiment.reason("QuotaExceeded")
    expect_words(experiment.status()["message"], "exceeded quota: count")
    kubectl("-n", name, "delete", "resourcequota", "count")
    experiment.finished("Succeeded")
    kubectl("delete", "namespace", name, "--wait=false")


@case()
def a_pod_that_a_limit_range_refuses_ends_with_its_words():
    name = own_namespace("e2e-range", {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small"}, "spec": {
        "limits": [{"type": "Container", "max": {"cpu": "100m"}}]}})
    status = Experiment("range", small(), name).finished("Failed")
    expect_words(f"{status['reason']}: {status['message']}", "PodRefused", "maximum cpu usage")
    kubectl("delete", "namespace", name, "--wait=false")


@case()
def a_deletion_that_orphans_leaves_no_finalizer():
    experiment = Experiment("orphan", spec(["python", "-c", "import time; time.sleep(600)"], image=without_lock()))
    experiment.reason("Training")
    kubectl("-n", NAMESPACE, "delete", "experiment", experiment.name, "--cascade=orphan", "--timeout=120s", seconds=150)
    jobs = kubectl_json("-n", NAMESPACE, "get", "jobs", "-l", f"pedigree.dev/experiment={experiment.uid}")["items"]
    held = [job["metadata"]["name"] for job in jobs if "pedigree.dev/record" in job["metadata"].get("finalizers", [])]
    expect(not held, f"held by our finalizer: {held}")
