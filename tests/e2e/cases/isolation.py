"""What a namespace, a pod and a script may see and do of others."""
import json

from experiment import NAMESPACE, OTHER, Experiment, base_image, nodes, sample, spec, without_lock
from harness import case, expect, expect_equal, until
from machine import kubectl, mlflow, pedigree, sql


# 5000 is where the recorder listens, on the pod's loopback alone.
KNOCK = "import socket, sys; s = socket.socket(); s.settimeout(5); sys.exit(0 if s.connect_ex((sys.argv[1], 5000)) else 1)"
DELETE = """
import json, urllib.error, urllib.request
def post(path, document):
    request = urllib.request.Request('http://127.0.0.1:5000/api/2.0/mlflow/' + path, data=json.dumps(document).encode(),
                                     headers={'Content-Type': 'application/json'})
    return json.load(urllib.request.urlopen(request))
made = post('experiments/create', {'name': 'e2e-delete-' + __import__('os').environ['PEDIGREE_POD_UID']})
print('EXPERIMENT', made['experiment_id'], flush=True)
try:
    post('experiments/delete', {'experiment_id': made['experiment_id']})
    print('DELETED', flush=True)
except urllib.error.HTTPError as refusal:
    print('REFUSED', refusal.code, flush=True)
"""


@case(last=True)
def another_namespaces_trace_is_hidden_and_counted():
    """Both namespaces have trained from the commit; each sees its own attempts, and how much there is beside."""
    commit = sample().status()["resolved"]["commit"]
    answer = json.loads(pedigree("-n", OTHER, "trace", f"commit:{commit}", "-o", "json", code=None).stdout)
    seen = {each.get("namespace") for each in answer["nodes"]} - {None, ""}
    expect(seen <= {OTHER}, f"nodes of {seen} are shown to {OTHER}")
    theirs = {row[0] for row in sql("select a.pod_uid from pedigree.attempt a join pedigree.experiment e "
                                    f"on e.uid = a.experiment_uid where e.namespace = '{OTHER}'")}
    shown = {each["uid"] for each in nodes(answer, "Attempt")}
    expect(shown <= theirs, f"attempts of others are shown: {shown - theirs}")
    ours = {row[5] for row in sample().attempts()}
    expect(not any(uid in json.dumps(answer) for uid in ours), f"attempts of {NAMESPACE} are named to {OTHER}")
    hidden = [int(gap["sentence"].split()[0]) for gap in answer["gaps"] if gap["kind"] == "HiddenByNamespace"]
    expect(sum(hidden) >= len(ours), f"{len(ours)} attempts are hidden, and {hidden} are counted")


@case()
def the_recorders_port_is_closed_to_other_pods():
    wait = ["python", "-c", "import time; time.sleep(120)"]
    experiment = Experiment("knock", spec(wait, tracked=True, image=without_lock(),
                                          deadlines={"stopSeconds": 1, "drainSeconds": 10}))
    experiment.reason("Training")
    address = experiment.pods()[0]["status"]["podIP"]
    name = f"knock-{experiment.uid[:8]}"
    kubectl("-n", NAMESPACE, "create", "-f", "-", text=json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"restartPolicy": "Never", "automountServiceAccountToken": False,
                 "imagePullSecrets": [{"name": "base-pull"}],
                 "securityContext": {"runAsNonRoot": True, "runAsUser": 4242,
                                     "seccompProfile": {"type": "RuntimeDefault"}},
                 "containers": [{"name": "knock", "image": base_image(),
                                 "command": ["python", "-c", KNOCK, address],
                                 "securityContext": {"allowPrivilegeEscalation": False,
                                                     "capabilities": {"drop": ["ALL"]}}}]}}))
    try:
        phase = until(90, lambda: next((word for word in (kubectl(
            "-n", NAMESPACE, "get", "pod", name, "-o", "jsonpath={.status.phase}"),)
            if word in ("Succeeded", "Failed")), ""), "the second pod has knocked")
        expect_equal(phase, "Succeeded", "the pod that fails if it is let in")
    finally:
        kubectl("-n", NAMESPACE, "delete", "pod", name, "--wait=false")
        experiment.patch(cancel=True)


@case()
def a_script_may_not_delete_through_the_recorder():
    experiment = Experiment("deletes", spec(["python", "-c", DELETE], tracked=True, image=without_lock()))
    experiment.finished("Succeeded", 180)
    said = experiment.pedigree("logs", experiment.name).stdout
    expect("REFUSED 403" in said, f"the script was told: {said[-400:]}")
    number = said.split("EXPERIMENT", 1)[1].split()[0]
    kept = mlflow("experiments/get", experiment_id=number)["experiment"]
    expect_equal(kept["lifecycle_stage"], "active", "the MLflow experiment")
