"""Suspend, resume, cancel, delete, and what waits for resources."""
from experiment import Experiment, expect_open_intents_none, spec, without_lock
from harness import case, expect, expect_equal, expect_words, until
from machine import kubectl, sql

WAITING = ["python", "-c", "import time; print('waiting', flush=True); time.sleep(600)"]
STOPS = {"stopSeconds": 2, "drainSeconds": 30}


def waiting(name, command=None, **changes):
    return Experiment(name, spec(command or WAITING, image=without_lock(), deadlines=STOPS, **changes))


def expect_pods_end(experiment):
    until(90, lambda: not [pod for pod in experiment.pods() if pod["status"]["phase"] in ("Pending", "Running")],
          f"the pods of {experiment.name} end")


@case()
def gpus_that_nobody_has_are_waited_for_until_cancelled():
    experiment = waiting("gpus", resources={"cpu": "100m", "memory": "512Mi", "gpu": {"count": 3}})
    experiment.reason("WaitingForGpu")
    status = experiment.status()
    expect_equal(status["phase"], "Queued", "phase")
    expect_words(status["message"], "Waiting for GPU")
    experiment.pedigree("cancel", experiment.name)
    experiment.finished("Cancelled", 90)
    expect_pods_end(experiment)


@case()
def suspended_is_stopped_and_resumed_is_a_new_attempt():
    command = ["python", "-c", "import time; time.sleep(30)"]
    experiment = waiting("suspend", command)
    experiment.reason("Training")
    experiment.pedigree("suspend", experiment.name)
    experiment.phase("Suspended", 90)
    expect_pods_end(experiment)
    experiment.pedigree("resume", experiment.name)
    experiment.finished("Succeeded", 180)
    rows = experiment.attempts()
    expect_equal([row[2] for row in rows], ["Cancelled", ""], "the attempts' classes")
    expect(rows[0][5] != rows[1][5], "both attempts name one pod")


@case()
def a_cancelled_one_ends_and_leaves_nothing():
    experiment = waiting("cancel")
    experiment.reason("Training")
    experiment.patch(cancel=True)
    status = experiment.finished("Cancelled", 90)
    expect_words(status["message"], "spec.cancel")
    expect_pods_end(experiment)
    expect_open_intents_none(experiment)


@case()
def a_script_that_ignores_sigterm_is_stopped_all_the_same():
    experiment = waiting("stubborn", ["python", "scripts/ignore_sigterm.py"])
    experiment.reason("Training")
    until(60, lambda: "waiting" in kubectl("-n", experiment.namespace, "logs", experiment.pods()[0]["metadata"]["name"]),
          "the script waits")
    experiment.patch(cancel=True)
    experiment.finished("Cancelled", 120)
    expect_words(experiment.pedigree("logs", experiment.name).stdout, "SIGTERM is ignored")


@case()
def deleted_while_running_its_record_stays():
    experiment = waiting("delete")
    experiment.reason("Training")
    kubectl("-n", experiment.namespace, "delete", "experiment", experiment.name, "--timeout=120s", seconds=150)
    expect_equal(sql(f"select outcome, released from pedigree.experiment where uid = '{experiment.uid}'"),
                 [["Cancelled", "t"]], "the record's state")
    types = [row[0] for row in sql("select type from pedigree.ledger l join pedigree.scope s on s.id = l.scope "
                                   f"where s.experiment = '{experiment.uid}' order by seq")]
    expect(len(types) >= 4, f"the ledger holds {types}")
    until(120, lambda: not experiment.pods(), "its pods go")


@case(tier="all")
def training_that_takes_too_long_is_ended():
    experiment = Experiment("deadline", spec(WAITING, image=without_lock(),
                                             deadlines={**STOPS, "trainSeconds": 5}))
    experiment.finished("Failed", 180)
    expect_equal(experiment.attempts()[0][2], "Deadline", "class")
