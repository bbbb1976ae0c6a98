"""Experiments of the tests: made from the sample's parts, followed to their end, looked at."""
import copy
import json
import time

from harness import Once, expect, expect_equal
from machine import NODE_IP, apply, fact, kubectl, kubectl_json, mlflow, pedigree, secret, sql

NAMESPACE = "e2e"
OTHER = "e2e-other"
GIT_URL = "https://git.dev.svc:8443/vision/mnist.git"
MLFLOW_URL = "http://mlflow-server.dev.svc:5500"
DATASET = "s3://datasets/mnist.npz"
SECRETS = ("git-token", "mlflow", "data-read", "base-pull", "pedigree-pull", "pedigree-artifact-store")
RUN = format(int(time.time()), "x")[-6:]  # names of this run of the tests


def base_image():
    return f"{NODE_IP}:5000/base/tensorflow:2.13.0@{fact('base-digest')}"


def _copy(item, namespace, name):
    apply({"apiVersion": "v1", "kind": "Secret", "type": item["type"], "data": item["data"],
           "metadata": {"name": name, "namespace": namespace,
                        "annotations": {key: value for key, value in
                                        item["metadata"].get("annotations", {}).items()
                                        if key.startswith("pedigree.dev/")}}})


def copy_secret(name, namespace, to):
    """One of vision's Secrets under another name."""
    _copy(kubectl_json("-n", "vision", "get", "secret", name), namespace, to)


def prepare_namespace(name):
    """A restricted namespace with the Secrets that the platform and the samples need."""
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {
        "name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
    for item in kubectl_json("-n", "vision", "get", "secrets", *SECRETS)["items"]:
        _copy(item, name, item["metadata"]["name"])


def prepare_namespaces():
    for name in (NAMESPACE, OTHER):
        prepare_namespace(name)


def spec(command, dataset=False, tracked=False, model=False, **changes):
    """A small Experiment of the sample project; changes replace whole fields of the spec."""
    document = {
        "project": "e2e",
        "source": {"git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}},
        "image": {"base": base_image(), "lockFile": "requirements.lock", "pullSecretName": "base-pull"},
        "command": command,
        "resources": {"cpu": "300m", "memory": "1Gi", "scratch": "2Gi"},
        "deadlines": {"stopSeconds": 2, "drainSeconds": 60},
    }
    if dataset:
        document["inputs"] = [{"name": "mnist", "role": "Train", "uri": DATASET, "mountPath": "/data",
                               "digest": fact("dataset-digest"), "secretName": "data-read"}]
    if tracked:
        document["trackers"] = {"mlflow": {"url": MLFLOW_URL, "secretName": "mlflow",
                                           "experimentName": f"e2e-{RUN}"}}
    if model:
        document["outputs"] = [{"name": "model", "path": "outputs/model"}]
    document.update(copy.deepcopy(changes))
    return document


def without_lock(**changes):
    """The base alone: nothing to install, so nothing to build but the code's layer."""
    return {"base": base_image(), "pullSecretName": "base-pull", **changes}


class Experiment:
    def __init__(self, name, document, namespace=NAMESPACE):
        self.name = f"{name}-{RUN}"
        self.namespace = namespace
        self.began = time.monotonic()
        kubectl("create", "-f", "-", text=json.dumps({
            "apiVersion": "pedigree.dev/v1alpha1", "kind": "Experiment", "spec": document,
            "metadata": {"name": self.name, "namespace": namespace,
                         "labels": {"pedigree.dev/test": RUN}}}))
        self.uid = self.get()["metadata"]["uid"]

    def get(self):
        return kubectl_json("-n", self.namespace, "get", "experiment", self.name)

    def status(self):
        return self.get().get("status", {})

    def wait(self, condition, seconds):
        kubectl("-n", self.namespace, "wait", f"experiment/{self.name}", f"--for={condition}",
                f"--timeout={seconds}s", seconds=seconds + 30)

    def phase(self, word, seconds=120):
        self.wait(f"jsonpath={{.status.phase}}={word}", seconds)

    def reason(self, word, seconds=120):
        self.wait(f"jsonpath={{.status.reason}}={word}", seconds)

    def finished(self, phase, seconds=240):
        """Waits for the end, which must be this one."""
        try:
            self.wait("condition=Finished", seconds)
        finally:
            status = self.status()
            shown = f"{status.get('phase')}/{status.get('reason')}: {status.get('message')}"
            expect(status.get("phase") == phase, f"{self.name} is {shown}, expected {phase}")
        return status

    def logs(self):
        return self.pedigree("logs", self.name).stdout

    def patch(self, **fields):
        kubectl("-n", self.namespace, "patch", "experiment", self.name, "--type=merge",
                "-p", json.dumps({"spec": fields}))

    def pods(self):
        return kubectl_json("-n", self.namespace, "get", "pods", "-l",
                            f"pedigree.dev/experiment={self.uid}")["items"]

    def trace(self):
        return json.loads(self.pedigree("trace", f"exp/{self.name}", "-o", "json").stdout)

    def pedigree(self, *argv, code=0, seconds=300):
        return pedigree("-n", self.namespace, *argv, code=code, seconds=seconds)

    def attempts(self):
        """(number, stage, failure class, reason, exit code, pod uid) as PostgreSQL has them."""
        return sql("select number, stage, failure_class, reason, exit_code, pod_uid from pedigree.attempt "
                   f"where experiment_uid = '{self.uid}' order by number")

    def runs(self):
        """MLflow's runs of this Experiment: (parent, [the script's own])."""
        experiments = mlflow("experiments/search", {"max_results": 1000})["experiments"]
        found = mlflow("runs/search", {
            "experiment_ids": [each["experiment_id"] for each in experiments],
            "filter": f"tags.\"pedigree.experiment\" = '{self.uid}'"}).get("runs", [])
        parents = [each for each in found if tags(each).get("pedigree.role") == "Parent"]
        expect_equal(len(parents), 1, f"parent runs of {self.name}")
        return parents[0], [each for each in found if each not in parents]


def tags(run):
    return {each["key"]: each["value"] for each in run["data"].get("tags", [])}


def nodes(trace, kind):
    return [each for each in trace["nodes"] if each["kind"] == kind]


def expect_open_intents_none(experiment):
    expect_equal(sql(f"select effect from pedigree.intent where experiment_uid = '{experiment.uid}'"), [],
                 "open intents")


def _sample():
    """The issue's sample, in the tests' namespace."""
    document = spec(["python", "train.py"], dataset=True, tracked=True, model=True,
                    parameters={"train.learning_rate": 0.001, "train.batch_size": 64, "train.epochs": 3},
                    resources={"gpu": {"count": 1}, "cpu": "1", "memory": "2Gi"}, seed=7)
    experiment = Experiment("sample", document)
    experiment.finished("Succeeded", 300)
    return experiment


sample = Once(_sample)
