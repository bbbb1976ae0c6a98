"""What the cases of the world need beside the parts of tests/e2e: scripts, namespaces of their own, a user with
the rights of one namespace, and what the operator looked like meanwhile."""
import contextlib
import json
import pathlib

from experiment import NAMESPACE, RUN, Experiment, prepare_namespace, spec, without_lock
from harness import expect, until
from machine import apply, kubectl, kubectl_json, run

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
COMMAND_BYTES_MAX = 4096  # of one word of spec.command
SMALL = {"cpu": "200m", "memory": "512Mi", "scratch": "1Gi"}
SYSTEM = ("-n", "pedigree-system")


def script(name, *arguments, calls=False):
    """The command that runs a script of the folder beside this file; `calls` puts tracker_calls.py before it."""
    text = (SCRIPTS / f"{name}.py").read_text()
    if calls:
        text = (SCRIPTS / "tracker_calls.py").read_text() + text
    expect(len(text.encode()) <= COMMAND_BYTES_MAX, f"{name}.py is too long for a word of a command")
    return ["python", "-c", text, *arguments]


def small(name, command, namespace=NAMESPACE, **changes):
    """A small Experiment on the base alone."""
    return Experiment(name, spec(command, **{"image": without_lock(), "resources": SMALL, **changes}), namespace)


def failed(experiment, seconds=120):
    """REASON: MESSAGE of an Experiment that must fail."""
    status = experiment.finished("Failed", seconds)
    return f"{status['reason']}: {status['message']}"


@contextlib.contextmanager
def own_namespace(name, gone_seconds=120):
    """A namespace for one case, which must be able to go again, with all that is in it."""
    name = f"e2e-{name}-{RUN}"
    prepare_namespace(name)
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false", code=None)
    expect_gone(name, gone_seconds)


def expect_gone(namespace, seconds):
    until(seconds, lambda: not kubectl("get", "namespace", namespace, "--ignore-not-found"),
          f"namespace {namespace} goes", every=2)


def user_of(namespace):
    """kubectl of somebody with `edit` in one namespace and nothing else."""
    apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
           "metadata": {"name": "world-user", "namespace": namespace},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
           "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": f"{namespace}-user"}]})

    def call(*argv, document=None, code=0):
        text = None if document is None else json.dumps(document)
        return run(["kubectl", f"--as={namespace}-user", "-n", namespace, *argv], text=text, code=code)
    return call


def operator_restarts():
    """Of each container of the operator's pods, by name."""
    pods = kubectl_json(*SYSTEM, "get", "pods", "-l", "app.kubernetes.io/name=pedigree-operator")["items"]
    return {(pod["metadata"]["uid"], each["name"]): each["restartCount"] for pod in pods
            for each in pod["status"].get("containerStatuses", [])}


def running_pod(experiment, seconds=120):
    """Its pod, once the training container runs."""
    def look():
        return [pod for pod in experiment.pods() for each in pod["status"].get("containerStatuses", [])
                if each["name"] == "train" and "running" in each["state"]]
    return until(seconds, look, f"{experiment.name} trains")[0]


def jobs_of(experiment):
    return [job for job in kubectl_json("-n", experiment.namespace, "get", "jobs")["items"]
            if job["metadata"]["name"].startswith(f"exp-{experiment.uid[:8]}-")]


def gaps_of(trace):
    return {gap["kind"] for gap in trace["gaps"]}
