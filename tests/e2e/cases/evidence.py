"""Whose word the account of an attempt is: it is the recorder's by its signature alone."""
import json

from experiment import NAMESPACE, Experiment, nodes, spec, without_lock
from harness import case, expect, expect_equal, until
from machine import kubectl, sql, store_get, store_list, store_put
from recorder_port import events, key, token_of

BUCKET = "pedigree"
FORGED = "sha256:" + "ab" * 32
SLEEPS = ["python", "-c", "import time; time.sleep(60)"]


def training(name, **changes):
    """An Experiment whose recorder has its key; that pod, and the key."""
    experiment = Experiment(name, spec(SLEEPS, image=without_lock(), **changes))
    experiment.reason("Training")
    pod, = experiment.pods()
    (known,), = until(60, lambda: sql(
        f"select key from pedigree.record_key where pod_uid = '{pod['metadata']['uid']}'"), "the recorder has its key")
    return experiment, pod["metadata"], known


def folder_of(pod):
    """Where the record of that pod's attempt lies in the store."""
    (prefix,), = sql(f"select store_prefix from pedigree.attempt where pod_uid = '{pod['uid']}'")
    return f"{prefix}attempts/{pod['uid']}/"


def forged_account(pod_uid):
    """What who knows everything but the key can put in the recorder's place."""
    return json.dumps({
        "podUid": pod_uid, "complete": True, "launcher": {"exitCode": 0, "started": True},
        "artifacts": [{"name": "model", "kind": "Model", "source": "Output", "digest": FORGED,
                       "location": "s3://pedigree/forged", "files": []}]})


@case()
def what_is_put_in_the_place_of_a_record_is_not_believed():
    experiment, pod, _ = training("forged", retries={"infrastructure": 0},
                                  outputs=[{"name": "model", "path": "outputs/model"}])
    place = folder_of(pod) + "bundle.json"
    # The Job controller's finalizer keeps a deleted pod in sight. Where the admission policy is absent, who may edit
    # pods may take it away; here it is done in the one name that the policy lets.
    kubectl("-n", NAMESPACE, "patch", "pod", pod["name"], "--type=merge", "-p", '{"metadata":{"finalizers":null}}',
            "--as=system:serviceaccount:kube-system:job-controller", "--as-group=system:masters")
    kubectl("-n", NAMESPACE, "delete", "pod", pod["name"], "--force", "--grace-period=0")

    def ended():
        store_put(BUCKET, place, forged_account(pod["uid"]))  # the recorder may still write its own
        return experiment.status().get("phase") in ("Failed", "Succeeded", "Cancelled")
    until(180, ended, "the Experiment has ended", every=1)
    trace = experiment.trace()
    expect(FORGED not in json.dumps(nodes(trace, "Model")), "the forged model is in the record")
    expect([gap for gap in trace["gaps"] if gap["kind"] == "NotSeenByRecorder"], "nothing says that the record is lost")


@case()
def a_pods_token_alone_tells_no_news_and_gets_no_key():
    (asked, pod, _), (other, other_pod, _) = training("token-a"), training("token-b")
    own, unbound = token_of(pod["name"]), token_of()
    expect_equal(events(own, other_pod["uid"]), 403, "news about another pod")
    expect_equal(events(unbound, pod["uid"]), 403, "news from somebody who is no pod")
    expect_equal(events("nonsense", pod["uid"]), 401, "news with no token")
    expect_equal(events(own, pod["uid"]), 403, "its own news, unsigned")
    expect_equal(key(own, other_pod["uid"]), 403, "another pod's key")
    expect_equal(key(own, pod["uid"]), 409, "a key that the recorder has")
    for each in (asked, other):
        each.patch(cancel=True)
        each.finished("Cancelled", 180)
    kinds = [{gap["kind"] for gap in each.trace()["gaps"]} for each in (asked, other)]
    expect("NotSignedByRecorder" in kinds[0], "two asked for the key, and its signature is believed")
    expect("NotSignedByRecorder" not in kinds[1], "its recorder alone asked for the key")


@case()
def the_key_stands_where_nobody_else_looks():
    experiment, pod, known = training("key-place")
    shown = kubectl("-n", NAMESPACE, "get", "pods,jobs,configmaps,events", "-o", "json")
    expect(known not in shown, "the key stands in an object of the namespace")
    for container in ("recorder", "train"):
        expect(known not in kubectl("-n", NAMESPACE, "logs", pod["name"], "-c", container), f"in the log of {container}")
    experiment.patch(cancel=True)
    experiment.finished("Cancelled", 180)
    places = store_list(BUCKET, folder_of(pod))
    expect(any(place.endswith("/bundle.json") for place in places), f"the record is not among {places}")
    for place in places:
        expect(known.encode() not in store_get(BUCKET, place), f"the key stands in {place}")
    expect_equal(sql(f"select key from pedigree.record_key where key = '{known}'"), [], "keys that outlived the record")
