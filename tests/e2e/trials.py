"""What a search has come to, as PostgreSQL and the cluster have it."""
import collections
import re
import json
import os
import signal

from harness import until
from machine import kubectl_json, processes_of, sql

SYSTEM = "pedigree-system"


def trials_of(experiment):
    """The trials as PostgreSQL has them, by number; parameters are a document."""
    rows = sql("select row_to_json(t) from pedigree.trial t "
               f"where experiment_uid = '{experiment.uid}' order by number")
    trials = [json.loads(row[0]) for row in rows]
    for trial in trials:
        trial["parameters"] = json.loads(trial["parameters"])
    return trials


def ended(experiment):
    return [trial for trial in trials_of(experiment) if trial["state"] != "Running"]


def is_finished(status):
    return any(each["type"] == "Finished" and each["status"] == "True" for each in status.get("conditions", []))


def has_been_seen(experiment):
    """The operator has looked at the newest generation."""
    document = experiment.get()
    return document["status"]["observedGeneration"] == document["metadata"]["generation"]


def pods_made(experiment):
    """How many by attempt's Job (TRIAL-ATTEMPT), not by an auxiliary one, which is made where a namespace does not
    know its answer yet: the Job controller's events outlive the Jobs, which an early stop deletes."""
    attempt = re.compile(f"exp-{experiment.uid[:8]}-(\\d+-\\d+)")
    events = kubectl_json("-n", experiment.namespace, "get", "events", "--field-selector=reason=SuccessfulCreate")
    made = collections.Counter()
    for each in events["items"]:
        if found := attempt.fullmatch(each["involvedObject"]["name"]):
            made[found[1]] += int(each.get("count") or 1)
    return made


def kill_operator():
    """The container restarts in its pod; the lease of the one that died runs out by itself."""
    def processes():
        pods = kubectl_json("-n", SYSTEM, "get", "pods", "-l", "app.kubernetes.io/name=pedigree-operator")
        return [process for pod in pods["items"] for process in processes_of(pod["metadata"]["uid"],
                                                                             "pedigree-operator")]
    os.kill(until(120, processes, "the operator runs")[0], signal.SIGKILL)
