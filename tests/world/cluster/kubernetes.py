"""Kubernetes as it is: names that it allows and we did not, refusals of others, owners that are taken away."""
import contextlib
import json

from cluster.parts import (SMALL, expect_gone, failed, jobs_of, own_namespace, running_pod, script, small)
from experiment import MLFLOW_URL, NAMESPACE, RUN, copy_secret, spec, without_lock
from harness import case, expect, expect_equal, expect_words, until
from machine import apply, kubectl, kubectl_json, run, sql

PRINTS = ["python", "-c", "print(1)"]
TRAINS = ["python", "-c", "import time; print('training', flush=True); time.sleep(600)"]
RECORD = "pedigree.dev/record"  # our finalizer
ENDS_SOON = {"stopSeconds": 2, "drainSeconds": 20}
LONG = "team-vision.production.object-store." + "x" * 180


def create(name, document):
    """What kubectl says of a new Experiment that nobody keeps."""
    return run(["kubectl", "create", "--dry-run=server", "-f", "-"], code=None, text=json.dumps({
        "apiVersion": "pedigree.dev/v1alpha1", "kind": "Experiment", "spec": document,
        "metadata": {"name": name, "namespace": NAMESPACE}}))


def held(namespace, kind):
    return [each["metadata"]["name"] for each in kubectl_json("-n", namespace, "get", kind)["items"]
            if RECORD in each["metadata"].get("finalizers", [])]


@case(tier="all")
def k1_a_secret_may_have_any_name_that_kubernetes_allows():
    """An input's with a dot, the tracker's with 216 characters, the source's and the base's with dots."""
    names = {"data-read": "s3.data-read", "mlflow": LONG, "git-token": "git.token", "base-pull": "base.pull"}
    for name, to in names.items():
        copy_secret(name, NAMESPACE, to)
    document = spec(["python", "-c", "import os; print(os.listdir('/data'))"], dataset=True, tracked=True,
                    image={**without_lock(), "pullSecretName": "base.pull"}, resources=SMALL)
    document["inputs"][0]["secretName"] = names["data-read"]
    document["trackers"]["mlflow"]["secretName"] = names["mlflow"]
    document["source"]["git"]["secretName"] = names["git-token"]
    experiment = small("k1", document.pop("command"), **document)
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), "mnist.npz")


@case(tier="all")
def k5_long_parameters_reach_the_pod():
    """More than one environment variable may hold, in ASCII and beyond."""
    for name, letter, count in (("k5-ascii", "x", 40), ("k5-beyond", "\u6f22", 20)):
        reads = ("import json, os; found = json.load(open(os.environ['PEDIGREE_PARAMETERS'])); "
                 "print(len(found), {len(value) for value in found.values()})")
        experiment = small(name, ["python", "-c", reads], retries={"infrastructure": 1},
                           parameters={f"p{number}": letter * 4000 for number in range(count)})
        experiment.finished("Succeeded")
        expect_words(experiment.logs(), f"{count} {{4000}}")


@case()
def k5_parameters_beyond_the_bound_are_refused_before_anything_is_made():
    """By the API server, in ASCII and beyond; right below it is taken."""
    for letter, size, count in (("x", 4000, 180), ("\u6f22", 1000, 110)):
        refused = create("k5-much", spec(PRINTS, parameters={f"p{number:03}": letter * size for number in range(count)}))
        expect(refused.returncode != 0, f"the API server takes {count} times {size} {letter}")
        expect_words(refused.stderr, "E0115", "700000 bytes")
    taken = create("k5-just", spec(PRINTS, parameters={f"p{number:03}": "x" * 4000 for number in range(174)}))
    expect_equal(taken.returncode, 0, taken.stderr)


@case(tier="all")
def a15_a_command_runs_as_it_is_written():
    words = ["$$", "$(HOME)", "$$(HOME)", "$HOME", "${HOME}", "a $ b"]
    experiment = small("dollars", ["python", "-c", "import sys; print(sys.argv[1:])", *words])
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), str(words))


@contextlib.contextmanager
def refusing(namespace, resource, group, words):
    """An admission policy that refuses every new object of a kind in one namespace."""
    name = f"e2e-refuse-{namespace}"
    kind = "admissionregistration.k8s.io/v1"
    try:
        apply({"apiVersion": kind, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
            "failurePolicy": "Fail", "validations": [{"expression": "false", "message": words}],
            "matchConstraints": {"resourceRules": [{"apiGroups": [group], "apiVersions": ["v1"],
                                                    "operations": ["CREATE"], "resources": [resource]}]}}})
        apply({"apiVersion": kind, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": {
            "policyName": name, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": {
                "matchLabels": {"kubernetes.io/metadata.name": namespace}}}}})
        probe = ("-n", namespace, "create", "--dry-run=server", "-f", "-")
        document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe"}, "spec": {"containers": []}} \
            if resource == "pods" else \
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "probe"}, "spec": {"template": {"spec": {
                "restartPolicy": "Never", "containers": [{"name": "probe", "image": "probe"}]}}}}
        if resource == "jobs":
            until(30, lambda: not kubectl(*probe, text=json.dumps(document), code=None), "the policy is in force")
        yield
    finally:
        for each in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
            kubectl("delete", each, name, "--ignore-not-found")


def limits(namespace, memory):
    apply({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small", "namespace": namespace},
           "spec": {"limits": [{"type": "Container", "max": {"memory": memory}}]}})


@case(tier="all")
def k2_a_quota_on_limits_is_met():
    """Such a quota wants a limit of every container, ours included."""
    with own_namespace("quota") as namespace:
        kubectl("-n", namespace, "create", "quota", "compute",
                "--hard=requests.cpu=4,limits.cpu=8,requests.memory=8Gi,limits.memory=8Gi")
        small("k2", PRINTS, namespace).finished("Succeeded")


@case(tier="all")
def k2_a_quota_that_is_full_is_said_and_waited_for_until_the_deadline():
    with own_namespace("full") as namespace:
        kubectl("-n", namespace, "create", "quota", "compute", "--hard=requests.cpu=50m")
        experiment = small("k2-full", PRINTS, namespace, deadlines={**ENDS_SOON, "queueSeconds": 40})
        experiment.reason("QuotaExceeded", 60)
        expect_words(experiment.status()["message"], "exceeded quota", "requests.cpu")
        expect_words(failed(experiment), "QueueDeadlineExceeded")


@case(tier="all")
def k2_a_refused_pod_ends_with_the_refusals_words():
    """By a LimitRange and by an admission policy: no other try mends either."""
    with own_namespace("limits") as namespace:
        limits(namespace, "256Mi")
        expect_words(failed(small("k2-limits", PRINTS, namespace), 180), "PodRefused",
                     "maximum memory usage per Container is 256Mi")
    with own_namespace("no-pods") as namespace, refusing(namespace, "pods", "", "no pods on Sundays"):
        expect_words(failed(small("k2-pods", PRINTS, namespace), 180), "PodRefused", "no pods on Sundays")


@case(tier="all")
def k2_a_refused_job_ends_with_the_refusals_words():
    with own_namespace("no-jobs") as namespace, refusing(namespace, "jobs", "batch", "no Jobs on Sundays"):
        expect_words(failed(small("k2-jobs", PRINTS, namespace)), "JobRefused", "no Jobs on Sundays")


@case(tier="all")
def k3_an_experiment_deleted_without_its_children_holds_nothing():
    with own_namespace("orphan") as namespace:
        experiment = small("k3", TRAINS, namespace, deadlines=ENDS_SOON)
        running_pod(experiment)
        kubectl("-n", namespace, "delete", "experiment", experiment.name, "--cascade=orphan", "--timeout=120s")
        until(150, lambda: not held(namespace, "jobs") and not held(namespace, "pods"), "nothing of ours is held")


@case(tier="all")
def k3_a_job_deleted_without_its_pod_holds_nothing():
    with own_namespace("orphaned-pod") as namespace:
        experiment = small("k3-job", TRAINS, namespace, deadlines=ENDS_SOON, retries={"infrastructure": 0})
        running_pod(experiment)
        job, = jobs_of(experiment)
        kubectl("-n", namespace, "delete", "job", job["metadata"]["name"], "--cascade=orphan", "--wait=false")
        experiment.finished("Failed", 150)
        until(60, lambda: not held(namespace, "jobs"), "no Job is held")


@case(tier="all")
def k4_a_namespace_that_is_deleted_goes_and_its_runs_end():
    with own_namespace("gone") as name:
        experiment = small("k4", script("open_run", calls=True), name, deadlines=ENDS_SOON, trackers={
            "mlflow": {"url": MLFLOW_URL, "secretName": "mlflow", "experimentName": f"e2e-{RUN}"}})
        running_pod(experiment)
        until(60, lambda: len(experiment.runs()[1]) == 1, "the script has opened its run")
        kubectl("delete", "namespace", name, "--wait=false")
        expect_gone(name, 180)
    expect_equal(sql(f"select outcome from pedigree.experiment where uid = '{experiment.uid}'"), [["Cancelled"]],
                 "what the record says")
    until(90, lambda: all(each["info"]["status"] != "RUNNING" for each in [experiment.runs()[0],
                                                                            *experiment.runs()[1]]),
          "no run of it is RUNNING")


@case(tier="all")
def b10_every_job_asks_for_the_images_architecture():
    experiment = small("b10", PRINTS)
    until(90, lambda: jobs_of(experiment), "its Job")
    for job in jobs_of(experiment):
        expect_words(json.dumps(job["spec"]["template"]["spec"].get("nodeSelector", {}))
                     + json.dumps(job["spec"]["template"]["spec"].get("affinity", {})), "kubernetes.io/arch", "amd64")
    experiment.finished("Succeeded")
