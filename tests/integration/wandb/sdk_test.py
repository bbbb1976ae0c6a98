"""Unchanged W&B scripts, with the real SDKs of 0.15.12 and 0.31.0, against the recorder's part alone.

Only WANDB_BASE_URL and a dummy key are set, and what trackers/wandb/pod.cpp sets. Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/wandb/sdk_test.py Newest.test_loop
"""
import glob
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))
from sdk import BUILD, SECONDS_MAX, SdkCases  # noqa: E402


class Sdk(SdkCases):
    """The cases, for each version."""
    here = HERE
    name = "wandb"
    rows_lost_max = 30  # of a loop with ten a second, when killed

    def server_command(self):
        return [BUILD / "wandb_pod_server", "serve", str(self.port), str(self.store)]

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        return kept | {
            "HOME": str(self.work), "WANDB_BASE_URL": f"http://127.0.0.1:{self.port}/wandb",
            "WANDB_API_KEY": "x" * 40, "WANDB_ERROR_REPORTING": "false", "PYTHONUNBUFFERED": "1",
            "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "2", "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": "1",
        } | more

    def start(self, script, *arguments, **more):
        return super().start(HERE / "scripts" / script, *arguments, **more)

    def only_run(self):
        runs = self.call("/runs")["runs"]
        self.assertEqual(len(runs), 1, runs)
        return runs[0]

    def wait_for_rows(self, count):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            runs = self.call("/runs")["runs"]
            if runs and runs[0]["rows"] >= count:
                return runs[0]
            time.sleep(0.1)
        raise AssertionError(f"no {count} rows: {runs}")

    def file_of_run(self):
        return pathlib.Path(glob.glob(str(self.work / "wandb/run-*/run-*.wandb"))[0])

    def test_loop(self):
        code, output = self.run_script("custom_loop.py", WANDB_GIT_COMMIT="0123abc",
                                       WANDB_GIT_REMOTE_URL="https://git.example/team/code.git")
        self.assertEqual(code, 0, output)
        run = self.only_run()
        print(json.dumps(self.call("/runs")["operations"]), file=sys.stderr)
        self.assertEqual((run["name"], run["project"], run["group"], run["jobType"], run["notes"]),
                         ("first", "mnist", "g1", "train", "a note"))
        self.assertEqual((run["commit"], run["remote"]), ("0123abc", "https://git.example/team/code.git"))
        self.assertEqual(run["sdk"], self.version)
        self.assertEqual(run["tags"], ["a", "b"])
        self.assertEqual(run["config"], {"lr": 0.1, "epochs": 3, "batch": 64})
        self.assertEqual((run["state"], run["exitCode"]), ("Finished", 0))
        loss = run["metrics"]["loss"]
        self.assertEqual((loss["count"], loss["first"], loss["greatest"], loss["lastStep"]), (3, "1", "1", 2))
        self.assertEqual(float(loss["least"]), 1 / 3)
        self.assertEqual(run["metrics"]["layer.norm"]["last"], "2")
        self.assertEqual((run["metrics"]["nan"]["count"], run["metrics"]["nan"]["last"]), (3, "NaN"))
        self.assertEqual(run["metrics"]["inf"]["last"], "Infinity")
        self.assertEqual(run["metrics"]["损失"]["count"], 3)
        self.assertEqual(set(run["metrics"]), {"loss", "acc", "layer.norm", "nan", "inf", "损失"})
        self.assertEqual(run["media"], {"table-file": 1})
        self.assertEqual(run["summary"]["best"], 0.9)
        self.assertEqual(run["summary"]["acc"], {"max": 0.7})
        self.assertEqual(run["counted"], {})
        self.check_files(run)

    def check_files(self, run):
        model = "sha256:" + hashlib.sha256(b"m" * 100_000).hexdigest()
        artifacts = {artifact["name"]: artifact for artifact in run["artifacts"]}
        self.assertEqual(artifacts["model"]["files"]["model.bin"]["digest"], model)
        self.assertTrue(artifacts["model"]["committed"])
        self.assertIn("best", artifacts["model"]["aliases"])
        self.assertEqual(json.loads(artifacts["model"]["metadata"]), {"framework": "none"})
        self.assertEqual(artifacts[f"run-{run['id']}-predictions"]["type"], "run_table")
        self.assertEqual(run["files"]["out/model.bin"]["digest"], model)
        for name in ("config.yaml", "wandb-summary.json", "wandb-metadata.json", "output.log", "requirements.txt"):
            self.assertIn("digest", run["files"][name], name)
        stored = pathlib.Path(self.folder.name) / "store/runs/mnist" / run["id"] / "out/model.bin"
        self.assertEqual(stored.read_bytes(), b"m" * 100_000)

    def test_ends(self):
        for end, expected in (("code", 3), ("exception", 1)):
            code, output = self.run_script("end.py", end, WANDB_RUN_ID=end)
            self.assertEqual(code, expected, output)
        ends = {run["id"]: (run["state"], run["exitCode"], run["rows"]) for run in self.call("/runs")["runs"]}
        self.assertEqual(ends, {"code": ("Failed", 3, 5), "exception": ("Failed", 1, 5)})

    def test_interrupt(self):
        process = self.start("end.py", "loop")
        self.wait_for_rows(1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS_MAX)
        run = self.only_run()
        self.assertEqual((run["state"], run["exitCode"]), ("Failed", 255))

    def test_kill(self):
        process = self.start("end.py", "loop")
        self.wait_for_rows(20)
        process.kill()
        process.wait()
        logged = 5 + len(re.findall("row", process.stdout.read()))
        run = self.only_run()
        self.assertEqual((run["state"], run["exitCode"]), ("Running", None))
        before = run["rows"]
        bytes_of_file = self.file_of_run().read_bytes()
        if bytes_of_file:  # 0.15.12 leaves none
            self.call("/file", "POST", bytes_of_file)
        merged = self.only_run()
        self.assertGreaterEqual(merged["rows"], before)
        self.assertEqual(merged["rows"], merged["metrics"]["loss"]["count"])
        self.assertNotIn("linesMissing", merged["counted"])
        print(f"{self.version} killed: {before} rows by the stream, {merged['rows']} with the file, "
              f"{logged} logged, {len(bytes_of_file)} bytes of file", file=sys.stderr)
        self.assertLessEqual(logged - merged["rows"], self.rows_lost_max)


    def test_stop(self):
        process = self.start("end.py", "loop")
        self.wait_for_rows(5)
        begun = time.monotonic()
        self.call("/stop", "POST", b"")
        process.communicate(timeout=SECONDS_MAX)
        print(f"{self.version} stopped: rc {process.returncode}, {time.monotonic() - begun:.1f} s", file=sys.stderr)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(self.only_run()["state"], "Failed")

    def test_resume(self):
        for begin in (0, 3, 6):
            code, output = self.run_script("resume.py", WANDB_RUN_ID="abc")
            self.assertEqual(code, 0, output)
            self.assertIn(f"begins at {begin}", output)
        run = self.only_run()
        self.assertEqual((run["rows"], run["lastStep"], run["resumes"]), (9, 8, 2))
        self.assertEqual(run["metrics"]["loss"]["count"], 9)
        self.assertNotIn("linesMissing", run["counted"])

    def test_same_id_without_resume(self):
        for _ in range(2):
            code, output = self.run_script("locked.py", WANDB_RUN_ID="abc")
            self.assertEqual(code, 0, output)
        run = self.only_run()
        self.assertEqual(run["metrics"]["loss"]["count"], 1)
        self.assertEqual(run["metrics"]["loss"]["repeated"], 1)

    def test_artifacts(self):
        code, output = self.run_script("artifacts.py")
        self.assertEqual(code, 0, output)
        self.assertIn("version v0", output)
        self.assertIn("again v0", output)
        self.assertIn("no W&B server stands behind", output)
        run = self.only_run()
        self.assertEqual(len(run["artifacts"]), 1)
        self.assertEqual(set(run["artifacts"][0]["files"]), {"a.txt", "b/c.txt", "ä ö.txt"})
        for name, file in run["artifacts"][0]["files"].items():
            self.assertEqual(file["digest"], "sha256:" + hashlib.sha256(
                (name.removesuffix(".txt") * 1000).encode()).hexdigest())
        self.assertEqual(run["alerts"], self.alerts)
        self.assertEqual(run["media"], {"histogram": 1})

    def test_wide(self):
        code, output = self.run_script("wide.py")
        self.assertEqual(code, 0, output)
        run = self.only_run()
        self.assertEqual(run["rows"], 2003)
        self.assertEqual(len(run["metrics"]), 10_000)
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
        print(f"{self.version} wide: peak {peak} KiB, counted {run['counted']}", file=sys.stderr)
        self.assertLess(peak, 64 * 1024)

    def test_locked_parameters(self):
        (self.work / "parameters.yaml").write_text('{"wandb_version":1,"lr":{"value":0.1}}')
        code, output = self.run_script("locked.py", WANDB_SWEEP_PARAM_PATH=str(self.work / "parameters.yaml"))
        self.assertEqual(code, 0, output)
        self.assertIn("lr 0.1", output)
        self.assertEqual(self.only_run()["config"], {"lr": 0.1, "epochs": 2})

    def test_refusal_is_survived(self):
        code, output = self.run_script("refused.py")
        self.assertEqual(code, 0, output)
        self.assertIn("spec.search", output)
        self.assertEqual(self.only_run()["rows"], 1)

    def test_offline_file(self):
        code, output = self.run_script("custom_loop.py", WANDB_MODE="offline")
        self.assertEqual(code, 0, output)
        path = glob.glob(str(self.work / "wandb/offline-run-*/run-*.wandb"))[0]
        read = subprocess.run([BUILD / "wandb_pod_server", "read", path], capture_output=True, text=True, check=True)
        run = json.loads(read.stdout)
        self.assertEqual((run["rows"], run["state"], run["config"]["batch"]), (3, "Finished", 64))
        self.assertEqual(set(run["metrics"]), {"loss", "acc", "layer.norm", "nan", "inf", "损失"})


class Oldest(Sdk, unittest.TestCase):
    version = "0.15.12"
    alerts = 1


class Newest(Sdk, unittest.TestCase):
    version = "0.31.0"
    alerts = 1


if __name__ == "__main__":
    unittest.main(verbosity=2)
