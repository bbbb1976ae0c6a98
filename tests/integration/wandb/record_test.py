"""Unchanged W&B scripts in a pod that names no tracker: the real SDKs, our recorder and launcher, what the record has.

Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/wandb/record_test.py Newest.test_loop
"""
import glob
import hashlib
import pathlib
import signal
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))
from record import SECONDS_MAX, EndCases, pods  # noqa: E402


class Sdk(EndCases):
    """The cases, for each version."""
    here, name, word = HERE, "wandb", "W&B"
    prefixes = ("WANDB_",)
    loss = "loss"
    rows_lost_max = 30  # of a loop with ten a second, when killed
    rows_before_a_kill, stopped_status = 25, "failed"

    @staticmethod
    def environment(recorder_url):
        return {
            "WANDB_BASE_URL": f"{recorder_url}/wandb", "WANDB_API_KEY": "x" * 40,
            "WANDB_ERROR_REPORTING": "false", "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "2",
            "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": "1", "WANDB_GIT_COMMIT": "0123abc",
            "WANDB_GIT_REMOTE_URL": "https://git.example/team/code.git",
            "WANDB_DOCKER": "registry.example/team/code@sha256:" + "0" * 64}

    def test_loop(self):
        pod = self.new_pod(objectiveMetric="loss")
        pod.start("custom_loop.py")
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        bundle = pod.bundle()
        self.assertTrue(bundle["complete"])
        self.assertEqual(bundle.get("gaps", []), [])
        run = self.only_run(bundle)
        self.assertEqual((run["name"], run["experimentId"], run["status"]), ("first", "mnist", "finished"))
        self.assertEqual(run["parameters"], {"lr": "0.1", "epochs": "3", "batch": "64"})
        loss = run["metrics"]["loss"]
        self.assertEqual((loss["count"], loss["first"], loss["max"], loss["lastStep"]), (3, "1", "1", 2))
        self.assertEqual(float(loss["last"]), 1 / 3)
        self.assertEqual([point["step"] for point in loss["points"]], [0, 1, 2])
        self.assertEqual(set(run["metrics"]), {"loss", "acc", "layer.norm", "nan", "inf", "损失"})
        self.assertEqual(run["logged"], {"table-file": 1})
        self.assertEqual([point["step"] for point in bundle["objective"]], [0, 1, 2])
        self.check_files(pod, bundle, run)
        print(f"{self.version} loop: recorder's peak {pod.resident_bytes_max() >> 20} MiB", file=sys.stderr)

    def check_files(self, pod, bundle, run):
        artifacts = self.artifacts(bundle)
        model = artifacts["model:v0"]
        self.assertEqual((model["kind"], model["runId"]), ("Model", run["runId"]))
        self.assertEqual(model["digest"], "sha256:" + hashlib.sha256(
            hashlib.sha256(b"m" * 100_000).hexdigest().encode() + b"  model.bin\n").hexdigest())
        self.assertEqual(pod.stored(model["location"])["model.bin"], b"m" * 100_000)
        files = artifacts[run["runId"] + "/files"]
        names = {file["path"] for file in files["files"]}
        self.assertLessEqual({"config.yaml", "wandb-summary.json", "wandb-metadata.json", "output.log",
                              "requirements.txt", "out/model.bin"}, names)
        self.check_stored(pod, files)
        path = pathlib.Path(glob.glob(str(pod.root / "workspace/wandb/run-*/run-*.wandb"))[0])
        kept = artifacts[path.parent.relative_to(pod.root / "workspace").as_posix()]
        self.assertEqual(kept["runId"], run["runId"])
        self.assertEqual(pod.stored(kept["location"])[path.name], path.read_bytes())

    def test_offline(self):
        pod = self.new_pod()
        pod.start("custom_loop.py", WANDB_MODE="offline")
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        run = self.only_run(pod.bundle())
        self.assertEqual((run["name"], run["status"], run["parameters"]["batch"]), ("first", "finished", "64"))
        self.assertEqual(run["metrics"]["loss"]["count"], 3)

    def test_a_recorder_that_is_killed_goes_on(self):
        pod = self.new_pod()
        pod.start("steps.py", "60")
        pods.wait_until(lambda: pod.log().count("row") >= 20, "rows", SECONDS_MAX)
        pod.recorder.stop(signal.SIGKILL)
        pod.start_recorder()
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        bundle = pod.bundle()
        run = self.only_run(bundle)
        self.assertEqual((run["status"], run["parameters"]), ("finished", {"lr": "0.5"}))
        loss = run["metrics"]["loss"]
        self.assertEqual((loss["count"], loss["lastStep"]), (60, 59))
        self.assertTrue(bundle["complete"])
        self.assertEqual(bundle.get("gaps", []), [])


class Oldest(Sdk, unittest.TestCase):
    version = "0.15.12"


class Newest(Sdk, unittest.TestCase):
    version = "0.31.0"


if __name__ == "__main__":
    unittest.main(verbosity=2)
