"""Lives of small Experiments from creation to the removal of the finalizer, while processes are killed."""
import collections
import time

import quick_trial
from experiment import RUN, Experiment, expect_open_intents_none, spec, without_lock
from harness import expect, expect_equal
from machine import NODE_IP, kubectl, sql
from trials import is_finished, pods_made

NAMESPACE_OF_TEST = "crash"
GIT_URL = f"https://{NODE_IP}:8443/vision/mnist.git"  # the host has no cluster DNS
SECONDS_MAX = 120
TRIALS = 2  # of a search; then one more
# The first trial runs until the threshold stops it; the others are good.
SEARCH = {"objective": {"metric": "score", "goal": "Maximize"},
          "space": [{"name": "rate", "type": "Discrete", "values": [0.1, 0.5, 0.9]}],
          "algorithm": {"name": "Grid"}, "maxTrials": TRIALS, "parallelTrials": TRIALS,
          "earlyStopping": {"threshold": 0.3}}
SCRIPT = quick_trial.command("parameters['rate']", steps="2 if parameters['rate'] > 0.3 else 200")


class Life:
    def __init__(self, control, number, command, stack="", **changes):
        """Without a stack the image is the base with the code, so there are no imports to be checked."""
        self.control = control
        document = spec(command, **({} if stack else {"image": without_lock()}),
                        source={"git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"},
                                "subdirectory": f"stacks/{stack}" if stack else "."},
                        trackers={"mlflow": {"url": f"http://{NODE_IP}:5500", "secretName": "mlflow",
                                             "experimentName": f"crash-{RUN}"}},
                        resources={"cpu": "100m", "memory": "512Mi"}, **changes)
        self.experiment = Experiment(f"kill-{number}", document, NAMESPACE_OF_TEST)

    def until(self, question, what):
        deadline = time.monotonic() + SECONDS_MAX
        while not question():
            self.control.look()
            expect(time.monotonic() < deadline, f"not within {SECONDS_MAX} s: {what};",
                   self.control.log_end("operator"))
            time.sleep(0.3)

    def finish(self, trials=1):
        def finished():
            status = self.experiment.status()
            return is_finished(status) and status.get("trials", {}).get("total", 1) == trials
        self.until(finished, "the Experiment finishes")
        status = self.experiment.status()
        expect_equal(f"{status['phase']}/{status['reason']}", "Succeeded/Completed", "end")

    def expire(self):
        """Its Jobs are deleted soon, as the tests' configuration says."""
        self.until(lambda: {row[1] for row in self.experiment.attempts()} == {"Deleted"}, "its Jobs are deleted")

    def remove(self):
        kubectl("-n", NAMESPACE_OF_TEST, "delete", "experiment", self.experiment.name, "--wait=false")
        self.until(self._gone, "the Experiment goes")

    def _gone(self):
        return not kubectl("-n", NAMESPACE_OF_TEST, "get", "experiment", self.experiment.name,
                           "--ignore-not-found", "-o", "name")

    def lose_record(self):
        """Deleted by somebody who does not wait for the record, before there is a pod."""
        self.until(lambda: self.experiment.attempts(), "an attempt is planned")
        kubectl("-n", NAMESPACE_OF_TEST, "annotate", "experiment", self.experiment.name,
                "pedigree.dev/abandon-record=true")
        self.remove()

    def take_label_off(self):
        """In the one name that the admission policy lets, so that something of the attempt is in doubt."""
        pod = f"pedigree.dev/experiment-name={self.experiment.name}"
        self.until(lambda: self.experiment.status().get("reason") == "Training", "it trains")
        kubectl("-n", NAMESPACE_OF_TEST, "label", "pod", "-l", pod, "pedigree.dev/experiment-",
                "--as=system:serviceaccount:kube-system:job-controller", "--as-group=system:masters")

    def orphan_pod(self):
        """Its Job is deleted without it, while it trains."""
        self.until(lambda: self.experiment.status().get("reason") == "Training", "it trains")
        job, = {pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] for pod in self.experiment.pods()}
        kubectl("-n", NAMESPACE_OF_TEST, "delete", "job", job, "--cascade=orphan", "--wait=false")

    def records(self):
        """How many ledger entries of each type, once all are numbered."""
        self.until(lambda: sql("select count(*) from pedigree.outbox") == [["0"]], "the outbox empties")
        return collections.Counter(row[0] for row in sql(
            "select l.type from pedigree.ledger l join pedigree.scope s on s.id = l.scope "
            f"where s.experiment = '{self.experiment.uid}'"))

    def live_on(self):
        """To its end, and until nothing of it is left but its record."""
        self.finish()
        self.expire()
        self.expect_one_of_each()
        self.remove()
        return self.records()

    def expect_one_of_each(self, trials=1):
        expect_equal(pods_made(self.experiment), {f"{number}-1": 1 for number in range(1, trials + 1)}, "pods by Job")
        expect_equal(len(self.experiment.attempts()), trials, "attempts")
        self.experiment.runs()  # exactly one parent
        expect_open_intents_none(self.experiment)


def live(control, number, stack=""):
    return Life(control, number, ["python", "-c", "print(1)"], stack).live_on()


def doubt(control, number):
    life = Life(control, number, ["python", "-c", "import time; time.sleep(12)"])
    life.take_label_off()
    return life.live_on()


def orphan(control, number):
    life = Life(control, number, ["python", "-c", "import time; time.sleep(12)"])
    life.orphan_pod()
    life.finish()
    life.expire()
    first, second = (row[3] for row in life.experiment.attempts())
    expect(first in ("PodDeleted", "PodLost") and second == "Completed", f"the attempts ended as {first}, {second}")
    expect_open_intents_none(life.experiment)
    life.remove()
    return life.records()


def delete(control, number):
    """While it trains: the Experiment goes when its record is complete."""
    life = Life(control, number, ["python", "-c", "import time; time.sleep(600)"])
    life.until(lambda: life.experiment.status().get("reason") == "Training", "it trains")
    life.remove()
    expect_open_intents_none(life.experiment)
    return life.records()


def live_with_imports(control, number):
    return live(control, number, "tensorboard")


def lose(control, number):
    life = Life(control, number, ["python", "-c", "print(1)"])
    life.lose_record()
    expect_open_intents_none(life.experiment)
    return life.records()


def search(control, number):
    life = Life(control, number, SCRIPT, search=SEARCH)
    life.finish(TRIALS)
    life.experiment.patch(search={"maxTrials": TRIALS + 1})
    life.finish(TRIALS + 1)
    expect_equal(sql("select number, state, stop_reason, parameters from pedigree.trial "
                     f"where experiment_uid = '{life.experiment.uid}' order by number"),
                 [["1", "Stopped", "Threshold", '{"rate":0.1}'], ["2", "Completed", "", '{"rate":0.5}'],
                  ["3", "Completed", "", '{"rate":0.9}']], "trials")
    life.expire()
    life.expect_one_of_each(TRIALS + 1)
    life.remove()
    return life.records()
