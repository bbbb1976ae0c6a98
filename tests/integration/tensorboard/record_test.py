"""What TensorBoard itself says of the files that a recorder kept: the status of HParams sessions, however they ended.

Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/tensorboard/record_test.py Newest
"""
import json
import pathlib
import signal
import sys
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))
from record import SECONDS_MAX, RecordCases, pods  # noqa: E402

BOARD_SECONDS_MAX = 90  # from its start, on a machine that does other things beside it
STATUSES = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]


class Sessions(RecordCases):
    here, name, word = HERE, "tensorboard", "TensorBoard"
    ends = {"well": "STATUS_SUCCESS", "exception": "STATUS_FAILURE", "loop": "STATUS_FAILURE"}

    @staticmethod
    def environment(recorder_url):
        return {}

    def test_sessions_end_as_their_attempts_did(self):
        logs = self.folder / "kept"
        for number, (end, _) in enumerate(self.ends.items(), 1):
            pod = self.new_pod(f"sessions-{end}", attempt=number)
            pod.start("end.py", end)
            if end == "loop":
                pods.wait_until(lambda: "logged" in pod.log(), "a trial", SECONDS_MAX)
                pod.launcher.child.send_signal(signal.SIGTERM)
            self.assertEqual(pod.wait(SECONDS_MAX) == 0, end == "well", pod.log())
            bundle = pod.bundle()
            self.assertEqual(bundle.get("gaps", []), [])
            self.assertEqual([run["status"] for run in bundle["runs"] if run["runId"] == "logs/trial"], ["SUCCESS"])
            for artifact in bundle["artifacts"]:
                self.check_stored(pod, artifact)
        for key, data in self.store.objects.items():
            if key.startswith("logs/"):
                (logs / key).parent.mkdir(parents=True, exist_ok=True)
                (logs / key).write_bytes(data)
        for fast in ("false", "true"):
            with self.subTest(load_fast=fast):
                self.assertEqual(self.statuses(logs, fast), self.ends)

    def statuses(self, logs, fast):
        """By the parameter that says how each ended."""
        port = pods.free_port()
        board = pods.Process([self.python, "-m", "tensorboard.main", "--logdir", logs, "--host", "127.0.0.1", "--port",
                              str(port), "--load_fast", fast], self.folder / f"board-{fast}.log")

        def ask():
            body = {"experimentName": "", "allowedStatuses": STATUSES, "colParams": [], "startIndex": 0,
                    "sliceSize": 100}
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/data/plugin/hparams/session_groups", data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    groups = json.loads(answer.read())["sessionGroups"]
            except (OSError, urllib.error.URLError):
                return None
            found = {group["hparams"]["end"]: session["status"] for group in groups for session in group["sessions"]}
            return found if len(found) == len(self.ends) else None
        try:
            return pods.wait_until(ask, "TensorBoard's sessions", BOARD_SECONDS_MAX)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{board.log.read_text()[-2000:]}") from error
        finally:
            board.stop()


class Oldest(Sessions, unittest.TestCase):
    version = "2.13.0"


class Newest(Sessions, unittest.TestCase):
    version = "2.21.0"


if __name__ == "__main__":
    unittest.main(verbosity=2)
