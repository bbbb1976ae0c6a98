"""Unchanged ClearML scripts, with the real SDKs of 2.1.3 and 2.1.12, against the recorder's part alone.

Only what trackers/clearml/pod.cpp says is set. Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/clearml/sdk_test.py Newest.test_loop
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))
from sdk import BUILD, SECONDS_MAX, SdkCases  # noqa: E402


class Sdk(SdkCases):
    """The cases, for each version."""
    here = HERE
    name = "clearml"
    rows_lost_max = 40  # of a loop with ten a second, when killed

    def server_command(self):
        return [BUILD / "clearml_pod_server", str(self.port), str(self.store)]

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEARML_", "TRAINS_"))}
        base = f"http://127.0.0.1:{self.port}/clearml"
        return kept | {
            "HOME": str(self.work), "PYTHONUNBUFFERED": "1", "CLEARML_API_HOST": base + "/api",
            "CLEARML_WEB_HOST": base + "/web", "CLEARML_FILES_HOST": base + "/files",
            "CLEARML_API_ACCESS_KEY": "pedigree", "CLEARML_API_SECRET_KEY": "pedigree",
            "CLEARML_API_DEFAULT_REQ_METHOD": "POST", "CLEARML_TASK_NO_REUSE": "1",
        } | more

    def start(self, script, *arguments, **more):
        shutil.copy(HERE / "scripts" / script, self.work)  # no checkout is around it
        return super().start(script, *arguments, **more)

    def only_task(self):
        tasks = self.call("/tasks")["tasks"]
        self.assertEqual(len(tasks), 1, tasks)
        return tasks[0]

    def wait_for_rows(self, count):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            tasks = self.call("/tasks")["tasks"]
            if tasks and tasks[0]["metrics"].get("loss/a", {}).get("count", 0) >= count:
                return
            time.sleep(0.1)
        raise AssertionError(f"no {count} rows: {tasks}")

    def test_loop(self):
        code, output = self.run_script("loop.py", "--epochs", "4")
        self.assertEqual(code, 0, output)
        self.assertIn("epochs 4 int batch 64 int", output)
        self.check_loop(self.only_task(), output)

    def test_source(self):
        code, output = self.run_script("end.py", "loop", "0", CLEARML_VCS_COMMIT_ID="0123abc",
                                       CLEARML_VCS_REPO_URL="https://git.example/team/code.git")
        self.assertEqual(code, 0, output)
        script = self.only_task()["script"]
        self.assertEqual((script["commit"], script["repository"]), ("0123abc", "https://git.example/team/code.git"))

    def test_loop_by_get(self):
        code, output = self.run_script("loop.py", "--epochs", "4", CLEARML_API_DEFAULT_REQ_METHOD=None)
        self.assertEqual(code, 0, output)
        self.check_loop(self.only_task(), output)

    def check_loop(self, task, output):
        print(json.dumps(self.call("/tasks")["calls"]), file=sys.stderr)
        self.assertEqual((task["name"], task["project"], task["type"], task["comment"]),
                         ("first run", "mnist/sub", "training", "a note"))
        self.assertEqual(sorted(task["tags"]), ["a", "later", "ü"])
        self.assertEqual(task["status"], "completed")
        self.assertEqual(task["parameters"], {
            "Args/epochs": "4", "Args/name": "x y", "General/batch": "64", "General/lr": "0.1",
            "General/nested/a": "1", "General/nested/b": "[1, 2]", "configuration/net": "layers = [1, 2, 3]"})
        loss = task["metrics"]["loss/train"]
        self.assertEqual((loss["count"], loss["first"], loss["last"], loss["lastStep"]), (4, "1", "0.25", 3))
        self.assertEqual((loss["least"], loss["greatest"], loss["points"]), ("0.25", "1", 4))
        # The SDK itself makes 0 of NaN.
        self.assertEqual((task["metrics"]["损失/val/ä"]["count"], task["metrics"]["损失/val/ä"]["least"]), (4, "0"))
        self.assertEqual(task["metrics"]["Summary/best"]["last"], "0.9")
        self.assertEqual(task["logged"], {"images": 1, "plots": 2})
        self.assertGreaterEqual(task["consoleLines"], 5)
        self.assertEqual(task["lastIteration"], 3)
        self.assertIn("clearml == " + self.version, task["script"]["packages"])
        self.assertEqual(task["script"]["entryPoint"], "loop.py")
        self.assertEqual(task["counted"], {})
        self.assertEqual(self.call("/tasks")["gaps"], [])
        self.assertNotIn("refused", json.dumps(self.call("/tasks")["calls"]), output)
        self.check_files(task)

    def check_files(self, task):
        artifacts = {artifact["name"]: artifact for artifact in task["artifacts"]}
        odd = "sha256:" + hashlib.sha256(b"a" * 300_000).hexdigest()
        self.assertEqual(list(artifacts["odd ö"]["files"].values()), [{"bytes": 300_000, "digest": odd}])
        model = "sha256:" + hashlib.sha256(b"m" * 100_000).hexdigest()
        self.assertEqual(artifacts["net"]["kind"], "Model")
        self.assertEqual(artifacts["net"]["files"], {"model.bin": {"bytes": 100_000, "digest": model}})
        self.assertEqual(len(artifacts["data"]["files"]), 1)
        self.assertEqual(len(artifacts[task["id"] + "/files"]["files"]), 1)  # the debug image
        for artifact in artifacts.values():
            self.assertTrue(artifact["location"].startswith(f"files/mnist/sub/first run.{task['id']}/"), artifact)
        stored = self.store / f"mnist/sub/first run.{task['id']}/models/model.bin"
        self.assertEqual(stored.read_bytes(), b"m" * 100_000)

    def test_ends(self):
        for end, expected in (("code", 3), ("exception", 1)):
            code, output = self.run_script("end.py", end)
            self.assertEqual(code, expected, output)
        ends = {task["name"]: (task["status"], task["metrics"]["loss/a"]["count"], task["statusReason"])
                for task in self.call("/tasks")["tasks"]}
        self.assertEqual(ends["code"][:2], ("failed", 5), ends)
        self.assertEqual(ends["exception"], ("failed", 5, "Exception boom"))

    def test_interrupt(self):
        process = self.start("end.py", "loop", "1000")
        self.wait_for_rows(1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=SECONDS_MAX)
        task = self.only_task()
        rows = 5 + len(re.findall("row", output))
        print(f"{self.version} interrupted: rc {process.returncode}, {task['metrics']['loss/a']['count']} rows had, "
              f"{rows} logged, {task['status']}", file=sys.stderr)
        self.assertEqual(task["status"], "stopped")
        self.assertGreaterEqual(task["metrics"]["loss/a"]["count"], rows - 1)

    def test_terminate(self):
        """The SDK ignores SIGTERM: the script goes on to its end."""
        process = self.start("end.py", "loop", "60")
        self.wait_for_rows(1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS_MAX)
        task = self.only_task()
        print(f"{self.version} terminated: rc {process.returncode}, {task['metrics']['loss/a']['count']} rows of 65, "
              f"{task['status']}", file=sys.stderr)
        self.assertEqual((process.returncode, task["status"], task["metrics"]["loss/a"]["count"]),
                         (0, "completed", 65))

    def test_kill(self):
        process = self.start("end.py", "loop", "1000")
        self.wait_for_rows(20)
        had = self.only_task()["metrics"]["loss/a"]["count"]
        self.assertIn(f"row {had + 15}\n", iter(process.stdout.readline, ""))  # between two batches
        process.kill()
        process.wait()
        logged = had + 16 + len(re.findall("row", process.stdout.read()))
        task = self.only_task()
        self.assertEqual(task["status"], "in_progress")
        had = task["metrics"]["loss/a"]["count"]
        print(f"{self.version} killed: {had} rows had, {logged} logged", file=sys.stderr)
        self.assertLessEqual(logged - had, self.rows_lost_max)

    def test_stop(self):
        process = self.start("end.py", "loop", "1000")
        self.wait_for_rows(5)
        begun = time.monotonic()
        self.call("/stop", "POST", b"")
        process.communicate(timeout=SECONDS_MAX)
        task = self.only_task()
        print(f"{self.version} stopped: rc {process.returncode}, {time.monotonic() - begun:.1f} s, {task['status']} "
              f"{task['statusReason']!r} {task['statusMessage']!r}", file=sys.stderr)
        self.assertNotEqual(process.returncode, 0)

    def test_prepared_task(self):
        """CLEARML_TASK_ID: parameters of the task win, name and project of the script do not."""
        task_id = "0123456789abcdef" * 2
        self.call("/prepare", "POST", json.dumps({
            "id": task_id, "project": "search", "name": "trial 3",
            "parameters": {"Args/epochs": "2", "General/batch": "128"}}).encode())
        code, output = self.run_script("loop.py", CLEARML_TASK_ID=task_id)
        self.assertEqual(code, 0, output)
        self.assertIn("epochs 2 int batch 128 int", output)
        task = self.only_task()
        print(f"{self.version} prepared: {task['status']}, {task['consoleLines']} lines", file=sys.stderr)
        self.assertEqual((task["id"], task["name"], task["project"]), (task_id, "trial 3", "search"))
        self.assertEqual(task["parameters"]["General/batch"], "128")
        self.assertEqual(task["metrics"]["loss/train"]["count"], 2)
        # A second attempt with the same task: no iteration is shifted, none counts twice.
        code, output = self.run_script("loop.py", CLEARML_TASK_ID=task_id)
        self.assertEqual(code, 0, output)
        loss = self.only_task()["metrics"]["loss/train"]
        self.assertEqual((loss["count"], loss["repeated"], loss["lastStep"]), (2, 2, 1))

    def test_continue(self):
        for argument, last in (("zero", 2), ("true", 5)):
            code, output = self.run_script("again.py", argument, CLEARML_TASK_NO_REUSE=None)
            self.assertEqual(code, 0, output)
            print(f"{self.version} continued {argument}: {re.findall('task .*', output)}", file=sys.stderr)
        tasks = self.call("/tasks")["tasks"]
        print(json.dumps([task["metrics"]["loss/a"] for task in tasks]), file=sys.stderr)
        self.assertEqual(len(tasks), 1)
        self.assertEqual(tasks[0]["metrics"]["loss/a"]["count"], 6)

    def test_calls_for_a_server(self):
        code, output = self.run_script("calls.py")
        print(output, file=sys.stderr)
        self.assertEqual(code, 0, output)
        self.assertIn("done", output)
        self.assertIn("RETURNED last iteration 7", output)
        self.assertIn("RETURNED artifact {'a': 1}", output)
        self.assertIn("RETURNED status 'in_progress'", output)
        print(json.dumps(self.call("/tasks")["calls"]), file=sys.stderr)
        self.assertEqual(self.only_task()["status"], "completed")

    def test_execute_remotely(self):
        code, output = self.run_script("calls.py", "remotely")
        print(output[-2000:], json.dumps(self.call("/tasks")["calls"]), code, file=sys.stderr)
        self.assertIn("Could not find queue", output)

    def test_offline(self):
        code, output = self.run_script("end.py", "loop", "0", CLEARML_OFFLINE_MODE="1")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.call("/tasks")["tasks"], [])
        self.assertEqual(len(list(self.work.glob(".clearml/cache/offline/*.zip"))), 1)


class Oldest(Sdk, unittest.TestCase):
    version = "2.1.3"


class Newest(Sdk, unittest.TestCase):
    version = "2.1.12"

    def test_tensorboard(self):
        code, output = self.run_script("board.py")
        self.assertEqual(code, 0, output)
        metrics = self.only_task()["metrics"]
        self.assertEqual([(key, one["count"], one["lastStep"]) for key, one in metrics.items()],
                         [("train/loss", 4, 3)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
