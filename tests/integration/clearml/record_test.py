"""Unchanged ClearML scripts in a pod that names no tracker: the real SDKs, our recorder and launcher, what the record has.

Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/clearml/record_test.py Newest.test_loop
"""
import hashlib
import json
import pathlib
import signal
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))
from record import SECONDS_MAX, EndCases, pods  # noqa: E402


def manifest_digest(name, data):
    return "sha256:" + hashlib.sha256(f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode()).hexdigest()


class Sdk(EndCases):
    """The cases, for each version."""
    here, name, word = HERE, "clearml", "ClearML"
    prefixes = ("CLEARML_", "TRAINS_")
    loss = "loss/a"
    rows_lost_max = 40  # of a loop with ten a second, when killed
    rows_before_a_kill, stopped_status = 60, "stopped"
    rows_lost_when_stopped = 10  # once in a while the SDK's own last batch

    @staticmethod
    def environment(recorder_url):
        base = f"{recorder_url}/clearml"
        return {
            "CLEARML_API_HOST": base + "/api", "CLEARML_WEB_HOST": base + "/web", "CLEARML_FILES_HOST": base + "/files",
            "CLEARML_API_ACCESS_KEY": "pedigree", "CLEARML_API_SECRET_KEY": "pedigree",
            "CLEARML_API_DEFAULT_REQ_METHOD": "POST", "CLEARML_TASK_NO_REUSE": "1",
            "CLEARML_VCS_COMMIT_ID": "0123abc", "CLEARML_VCS_REPO_URL": "https://git.example/team/code.git",
            "CLEARML_DOCKER_IMAGE": "registry.example/team/code@sha256:" + "0" * 64}

    def test_loop(self):
        pod = self.new_pod(objectiveMetric="loss/train")
        pod.start("loop.py", "--epochs", "4")
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        bundle = pod.bundle()
        self.assertTrue(bundle["complete"])
        self.assertEqual(bundle.get("gaps", []), [])
        run = self.only_run(bundle)
        self.assertEqual((run["name"], run["experimentId"], run["status"]), ("first run", "mnist/sub", "completed"))
        self.assertEqual(run["parameters"], {
            "Args/epochs": "4", "Args/name": "x y", "General/batch": "64", "General/lr": "0.1",
            "General/nested/a": "1", "General/nested/b": "[1, 2]", "configuration/net": "layers = [1, 2, 3]"})
        loss = run["metrics"]["loss/train"]
        self.assertEqual((loss["count"], loss["first"], loss["last"], loss["max"], loss["lastStep"]),
                         (4, "1", "0.25", "1", 3))
        self.assertEqual([point["step"] for point in loss["points"]], [0, 1, 2, 3])
        self.assertEqual(set(run["metrics"]), {"loss/train", "损失/val/ä", "Summary/best"})
        self.assertEqual({name: run["logged"][name] for name in ("images", "plots")}, {"images": 1, "plots": 2})
        self.assertEqual([point["value"] for point in bundle["objective"]][-1], "0.25")
        self.check_files(pod, bundle, run)
        print(f"{self.version} loop: recorder's peak {pod.resident_bytes_max() >> 20} MiB", file=sys.stderr)

    def check_files(self, pod, bundle, run):
        artifacts = self.artifacts(bundle)
        self.assertEqual(set(artifacts), {"data", "odd ö", "net", run["runId"] + "/files"})
        for name, kind in (("net", "Model"), ("odd ö", "Artifact"), ("data", "Artifact")):
            self.assertEqual((artifacts[name]["kind"], artifacts[name]["runId"]), (kind, run["runId"]))
        self.assertEqual(artifacts["net"]["digest"], manifest_digest("model.bin", b"m" * 100_000))
        self.assertEqual(pod.stored(artifacts["net"]["location"])["model.bin"], b"m" * 100_000)
        for artifact in artifacts.values():
            self.check_stored(pod, artifact)
            self.assertRegex(artifact["location"], f"^s3://pedigree/attempts/{pod.uid}/uploads/clearml/files/mnist/sub/"
                             f"first run.{run['runId']}/")
        self.assertNotIn("127.0.0.1", json.dumps(bundle))

    def test_what_was_uploaded_is_read_back(self):
        pod = self.new_pod()
        pod.start("read_back.py")
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        digest = hashlib.sha256(b"b" * 300_000).hexdigest()
        for when in ("at once", "from the store", "later"):
            self.assertIn(f"READ {when} {digest}\n", pod.log())
        self.assertIn("ASKED (200, '300000', 300000) (200, '300000', 0) (404, None, None) (404, None, None)", pod.log())
        uploads = f"attempts/{pod.uid}/uploads/clearml/files/reads/back."
        self.assertIn(True, [key.startswith(uploads) for key in self.store.read])
        self.assertEqual(pod.bundle().get("gaps", []), [])

    def test_a_large_artifact_takes_no_memory(self):
        pod = self.new_pod()
        pod.start("large.py", "200")
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        self.assertIn(f"READ {200 << 20}\n", pod.log())
        bundle = pod.bundle()
        self.assertEqual(bundle.get("gaps", []), [])
        self.assertEqual(self.artifacts(bundle)["large"]["bytes"], 200 << 20)
        self.check_stored(pod, self.artifacts(bundle)["large"])
        peak = pod.resident_bytes_max()
        print(f"{self.version} 200 MiB uploaded and read back: recorder's peak {peak >> 20} MiB", file=sys.stderr)
        self.assertLess(peak, 64 << 20)

    def test_a_recorder_that_is_killed_goes_on(self):
        pod = self.new_pod()
        pod.start("end.py", "loop", "100")
        pods.wait_until(lambda: pod.log().count("row") >= 40, "rows", SECONDS_MAX)
        pod.recorder.stop(signal.SIGKILL)
        pod.start_recorder()
        self.assertEqual(pod.wait(SECONDS_MAX), 0, pod.log())
        bundle = pod.bundle()
        run = self.only_run(bundle)
        self.assertEqual((run["name"], run["status"]), ("loop", "completed"))
        loss = run["metrics"]["loss/a"]
        print(f"{self.version} recorder killed: {loss['count']} rows of 105", file=sys.stderr)
        self.assertEqual((loss["count"], loss["lastStep"]), (105, 104))
        self.assertTrue(bundle["complete"])
        self.assertEqual(bundle.get("gaps", []), [])


class Oldest(Sdk, unittest.TestCase):
    version = "2.1.3"


class Newest(Sdk, unittest.TestCase):
    version = "2.1.12"


if __name__ == "__main__":
    unittest.main(verbosity=2)
