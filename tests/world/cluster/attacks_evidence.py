"""A user with `edit` in the Experiment's own namespace who wants another record than what ran: forged bundles, Jobs
made beforehand, labels and finalizers taken away."""
import json

from cluster.parts import gaps_of, jobs_of, running_pod, small, user_of
from experiment import NAMESPACE, OTHER, base_image, nodes
from harness import case, expect, expect_equal, until
from machine import kubectl_json, store_list, store_put

TRAINS = ["python", "-c", "import time; print('begun', flush=True); time.sleep(25)"]
FORGED = "sha256:" + "ab" * 32
MODEL = [{"name": "model", "path": "outputs/model"}]
NO_RETRY = {"infrastructure": 0}


def forged_bundle(pod_uid):
    """What nobody's recorder wrote: a model, a run, a good end."""
    run = {"tracker": "MLflow", "runId": "f" * 32, "experimentId": "1", "parentRunId": "", "name": "forged",
           "status": "FINISHED", "parameters": {"lr": "0.1"}, "metrics": {"accuracy": {
               "count": 1, "last": "0.999", "min": "0.999", "max": "0.999", "lastStep": 1}}}
    artifact = {"name": "model", "kind": "Model", "source": "Output", "runId": "", "location": "s3://pedigree/forged",
                "digest": FORGED, "files": [{"path": "model.keras", "digest": FORGED, "bytes": 7}]}
    return json.dumps({
        "podUid": pod_uid, "startedAt": "2026-01-01T00:00:00.000000Z", "finishedAt": "2026-01-01T00:00:01.000000Z",
        "complete": True, "inputs": [], "runs": [run], "objective": [], "artifacts": [artifact], "gaps": [],
        "log": {"key": "", "segments": 0, "bytes": 0, "droppedBytes": 0}, "counters": {},
        "launcher": {"exitCode": 0, "signal": 0, "started": True, "error": "", "startedAt": "", "finishedAt": "",
                     "userCpuMs": 0, "systemCpuMs": 0, "memoryBytesMax": 0, "outputBytes": 0, "droppedBytes": 0,
                     "stderrTail": "", "failureHint": "", "hardware": {}}}).encode()


def bundle_key(pod_uid, namespace):
    """Where the store has it: below the namespace, if keys are by namespace."""
    found = [key for key in store_list("pedigree", "") if pod_uid in key]
    prefix = found[0].split(f"attempts/{pod_uid}")[0] if found else f"namespaces/{namespace}/"
    return f"{prefix}attempts/{pod_uid}/bundle.json"


def put_forged(pod, times=1):
    uid, namespace = pod["metadata"]["uid"], pod["metadata"]["namespace"]
    for key in {bundle_key(uid, namespace), f"attempts/{uid}/bundle.json"}:
        for _ in range(times):
            store_put("pedigree", key, forged_bundle(uid))


def expect_not_believed(experiment):
    """Neither the model nor the run of the forged bundle is said by the recorder; what is missing is said."""
    trace = experiment.trace()
    forged = {each["id"] for each in trace["nodes"] if each.get("digest") == FORGED or each.get("uid") == "f" * 32}
    words = {edge["asserted"] for edge in trace["edges"] if edge["from"] in forged or edge["to"] in forged}
    expect("Recorder" not in words and "Operator" not in words, f"forged {forged} is asserted by {words}")
    return trace


def ended(experiment, seconds=180):
    return until(seconds, lambda: next((status for status in (experiment.status(),) if any(
        each["type"] == "Finished" and each["status"] == "True" for each in status.get("conditions", []))), None),
        f"{experiment.name} ends", every=1)


@case(tier="all")
def a06_a_bundle_that_no_recorder_wrote_is_not_believed():
    """Its pod is taken away by force, so that no termination message tells of it."""
    user = user_of(OTHER)
    experiment = small("attack-bundle", TRAINS, OTHER, retries=NO_RETRY, outputs=MODEL)
    pod = running_pod(experiment)
    put_forged(pod)
    name = pod["metadata"]["name"]
    user("patch", "pod", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}', code=None)
    user("delete", "pod", name, "--force", "--grace-period=0", code=None)
    put_forged(pod, times=20)  # the recorder writes once; what is there when it is fetched counts
    status = ended(experiment)
    trace = expect_not_believed(experiment)
    expect(status["phase"] == "Failed" and gaps_of(trace), f"{status['phase']}, gaps {gaps_of(trace)}")


@case(tier="all")
def a07_a_job_made_beforehand_is_not_ours():
    """Under the name that ours will have, with its labels and an owner, and another image."""
    user = user_of(OTHER)
    experiment = small("attack-job", TRAINS, OTHER, suspend=True)
    experiment.phase("Suspended")
    labels = {"pedigree.dev/experiment": experiment.uid, "app.kubernetes.io/managed-by": "pedigree",
              "pedigree.dev/experiment-name": experiment.name, "pedigree.dev/trial": "1", "pedigree.dev/attempt": "1"}
    container = {"name": "train", "image": base_image(), "command": ["python", "-c", "print('another image')"],
                 "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {
        "name": f"exp-{experiment.uid[:8]}-1-1", "namespace": OTHER, "labels": labels, "ownerReferences": [{
            "apiVersion": "pedigree.dev/v1alpha1", "kind": "Experiment", "name": experiment.name,
            "uid": experiment.uid, "controller": True, "blockOwnerDeletion": False}]},
        "spec": {"backoffLimit": 0, "template": {"metadata": {"labels": labels}, "spec": {
            "restartPolicy": "Never", "imagePullSecrets": [{"name": "base-pull"}], "containers": [container],
            "securityContext": {"runAsNonRoot": True, "runAsUser": 1234,
                                "seccompProfile": {"type": "RuntimeDefault"}}}}}}
    made = user("create", "-f", "-", document=job, code=None)
    unlabelled = {**job, "metadata": {"name": job["metadata"]["name"], "namespace": OTHER},
                  "spec": {**job["spec"], "template": {"spec": job["spec"]["template"]["spec"]}}}
    if made.returncode:  # the policy lets nobody else set our keys; the name is still free to take
        user("create", "-f", "-", document=unlabelled)
    for pod in until(60, lambda: [each for each in kubectl_json("-n", OTHER, "get", "pods", "-l", (
            f"job-name={job['metadata']['name']}"))["items"]], "its pod"):
        put_forged(pod)
    experiment.patch(suspend=False)
    status = ended(experiment)
    expect_not_believed(experiment)
    expect_equal((status["phase"], [row[3] for row in experiment.attempts()]),
                 ("Succeeded", ["JobNameTaken", "Completed"]), "its end and its attempts")
    user("delete", "job", job["metadata"]["name"], "--wait=false", code=None)


@case(tier="all")
def o5_a_label_taken_off_a_pod_changes_nothing():
    user = user_of(OTHER)
    experiment = small("attack-label", TRAINS, OTHER, retries=NO_RETRY, outputs=MODEL)
    pod = running_pod(experiment)
    user("label", "pod", pod["metadata"]["name"], "pedigree.dev/experiment-", code=None)
    put_forged(pod, times=20)
    status = ended(experiment)
    trace = expect_not_believed(experiment)
    expect(status["reason"] == "OutputMissing", f"{status['reason']}: {status['message']}; gaps {gaps_of(trace)}")


@case(tier="all")
def o5_a_second_pod_of_a_job_does_not_train_unrecorded():
    """The pod is taken away with the Job controller's finalizer, which makes the Job start another."""
    user = user_of(OTHER)
    experiment = small("attack-second", TRAINS, OTHER, retries=NO_RETRY)
    pod = running_pod(experiment)
    user("patch", "pod", pod["metadata"]["name"], "--type=merge", "-p", '{"metadata":{"finalizers":null}}', code=None)
    user("delete", "pod", pod["metadata"]["name"], "--force", "--grace-period=0", code=None)
    status = ended(experiment)
    ran = {each["metadata"]["uid"] for each in experiment.pods() if any(
        "terminated" in each["state"] and each["state"]["terminated"]["exitCode"] == 0 for each in [
            state for state in each["status"].get("containerStatuses", []) if state["name"] == "train"])}
    known = {row[5] for row in experiment.attempts()}
    expect(ran <= known, f"pods {ran - known} trained to their end unrecorded; it is {status['phase']}")


KEYS = [  # what a user may not do to our objects, and the argv that tries
    ("Job's label", ["label", "--overwrite", "job", "JOB", "pedigree.dev/experiment=other"]),
    ("Job's label away", ["label", "job", "JOB", "pedigree.dev/experiment-"]),
    ("Job's finalizer", ["patch", "job", "JOB", "--type=merge", "-p", '{"metadata":{"finalizers":[]}}']),
    ("Job's owner", ["patch", "job", "JOB", "--type=merge", "-p", '{"metadata":{"ownerReferences":[]}}']),
    ("pod's label", ["label", "--overwrite", "pod", "POD", "pedigree.dev/experiment=other"]),
    ("pod's label away", ["label", "pod", "POD", "pedigree.dev/attempt-"]),
]
ALLOWED = [  # keys that are people's, and objects that are not ours
    ("requested way out", ["annotate", "experiment", "NAME", "pedigree.dev/abandon-record=false"]),
    ("hosts of a Secret", ["annotate", "--overwrite", "secret", "data-read", "pedigree.dev/hosts=minio.dev.svc:9000"]),
    ("a Job's own annotation", ["annotate", "job", "JOB", "example.com/note=1"]),
]


@case()
def o5_our_keys_are_ours_and_peoples_are_theirs():
    user = user_of(NAMESPACE)
    experiment = small("keys", ["python", "-c", "import time; time.sleep(60)"], deadlines={"stopSeconds": 1})
    pod = running_pod(experiment)["metadata"]["name"]
    (job,) = jobs_of(experiment)
    places = {"JOB": job["metadata"]["name"], "POD": pod, "NAME": experiment.name}
    done = {name: user(*(places.get(word, word) for word in argv), "--dry-run=server", code=None)
            for name, argv in KEYS + ALLOWED}
    expect_equal([name for name, _ in KEYS if not done[name].returncode], [], "what a user may change of ours")
    expect_equal([(name, done[name].stderr) for name, _ in ALLOWED if done[name].returncode], [],
                 "what a user may not change of theirs")
    experiment.patch(cancel=True)
