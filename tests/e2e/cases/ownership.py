"""Whose a Job is, what may be changed on its pod, and which image ran."""
import json

from experiment import NAMESPACE, Experiment, base_image, expect_open_intents_none, spec, without_lock
from harness import case, expect, expect_equal
from machine import kubectl, kubectl_json, sql

WAIT = ["python", "-c", "import time; time.sleep(60)"]
QUICK = {"stopSeconds": 1, "drainSeconds": 10}


@case()
def a_job_that_another_made_under_our_name_is_left_alone():
    experiment = Experiment("stranger", spec(["python", "-c", "print('ours')"], image=without_lock(), suspend=True,
                                             deadlines=QUICK))
    name = f"exp-{experiment.uid[:8]}-1-1"
    kubectl("-n", NAMESPACE, "create", "-f", "-", text=json.dumps({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
        "spec": {"suspend": True, "template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "train", "image": base_image()}]}}}}))
    try:
        experiment.patch(suspend=False)
        experiment.finished("Succeeded", 240)
        expect_equal([(number, reason) for number, _, _, reason, _, _ in experiment.attempts()],
                     [("1", "JobNameTaken"), ("2", "Completed")], "attempts")
        expect(not kubectl_json("-n", NAMESPACE, "get", "job", name)["metadata"].get("deletionTimestamp"),
               "the stranger's Job is being deleted")
        expect_open_intents_none(experiment)
    finally:
        kubectl("-n", NAMESPACE, "delete", "job", name, "--wait=false")


@case()
def what_is_ours_on_a_pod_is_changed_by_nobody_and_what_ran_is_recorded():
    experiment = Experiment("protected", spec(WAIT, image=without_lock(), deadlines=QUICK))
    experiment.reason("Training", 180)
    pod = experiment.pods()[0]["metadata"]["name"]
    for change in (["label", "pod", pod, "pedigree.dev/experiment-"],
                   ["set", "image", f"pod/{pod}", "train=registry.example.com/other:1"],
                   ["patch", "pod", pod, "--type=merge", "-p", '{"metadata":{"finalizers":null}}'],
                   ["patch", "job", f"exp-{experiment.uid[:8]}-1-1", "--type=merge", "-p",
                    '{"metadata":{"finalizers":null}}']):
        kubectl("-n", NAMESPACE, *change, code=1)
    experiment.finished("Succeeded", 180)
    built, ran, doubts = sql("select image_digest, train_image, doubts from pedigree.attempt "
                             "join pedigree.experiment on uid = experiment_uid "
                             f"where experiment_uid = '{experiment.uid}'")[0]
    expect_equal(ran, built, "the image that ran")
    expect_equal(doubts, "", "doubts")
