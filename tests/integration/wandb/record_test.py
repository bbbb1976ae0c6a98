"""Unchanged W&B scripts in a pod that names no tracker: the real SDKs, our recorder and launcher, what the record has.

Run one case by
    PEDIGREE_BUILD_BIN=build/dev/bin tests/integration/wandb/record_test.py Newest.test_loop
"""
import glob
import hashlib
import http.server
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import types
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pod"))
import pod as pods  # noqa: E402

pods.BUILD = pods.BUILD.resolve()  # scripts run in a folder of their own
SECONDS_MAX = 240  # of a script, on a machine that does other things beside it


class Store:
    """Stands for an object store that takes everything: what was put, by key. It looks at no signature."""
    KEY, SECRET, BUCKET = "access", "secret", "pedigree"

    def __init__(self):
        objects = self.objects = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self):  # noqa: N802
                objects[self.path.removeprefix("/pedigree/")] = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(200)

            def do_GET(self):  # noqa: N802
                found = objects.get(self.path.removeprefix("/pedigree/"))
                self.answer(404 if found is None else 200, found or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Pod(pods.Pod):
    """An attempt of an Experiment without trackers."""

    def __init__(self, folder, store, uid, python, **changes):
        super().__init__(folder, types.SimpleNamespace(url=""), store, uid, **changes)
        del self.config["mlflow"]
        self.python = python
        (self.root / "home").mkdir()

    def start(self, script, *arguments, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        env = kept | {
            "HOME": str(self.root / "home"), "PYTHONUNBUFFERED": "1",
            # As trackers/wandb/pod.cpp has it.
            "WANDB_BASE_URL": f"http://127.0.0.1:{self.port}/wandb", "WANDB_API_KEY": "x" * 40,
            "WANDB_ERROR_REPORTING": "false", "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "2",
            "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": "1", "WANDB_GIT_COMMIT": "0123abc",
            "WANDB_GIT_REMOTE_URL": "https://git.example/team/code.git",
            "WANDB_DOCKER": "registry.example/team/code@sha256:" + "0" * 64} | more
        self.launcher = pods.Process(
            [pods.BUILD / "pedigree-launch", "--workspace", self.root / "workspace",
             "--exchange", self.root / "opt/pedigree/exchange", "--drain-seconds", "90",
             "--", self.python, HERE / "scripts" / script, *arguments],
            self.root / "launcher.log", env=env, cwd=self.root / "workspace")

    def log(self):
        return (self.root / "launcher.log").read_text()

    def stored(self, location):
        prefix = location.removeprefix("s3://pedigree/")
        return {key.removeprefix(prefix): data for key, data in self.minio.objects.items() if key.startswith(prefix)}


class Sdk:
    """The cases, for each version."""
    version = None
    rows_lost_max = 30  # of a loop with ten a second, when killed

    @classmethod
    def setUpClass(cls):
        cls.python = pods.CACHE / f"wandb-{cls.version}/bin/python"
        if not cls.python.exists():
            subprocess.run([HERE / "make_venvs"], check=True)
        cls.folder, cls.store = pods.new_folder(), Store()

    @classmethod
    def tearDownClass(cls):
        cls.store.stop()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def new_pod(self, **changes):
        pod = Pod(self.folder, self.store, self._testMethodName.replace("_", "-"), self.python, **changes)
        self.addCleanup(pod.stop)
        pod.start_recorder()
        return pod

    def only_run(self, bundle):
        self.assertEqual(len(bundle["runs"]), 1, bundle["runs"])
        run = bundle["runs"][0]
        self.assertEqual((run["tracker"], run["inFiles"]), ("W&B", True))
        return run

    def artifacts(self, bundle):
        return {artifact["name"]: artifact for artifact in bundle["artifacts"]}

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
        stored = pod.stored(files["location"])
        for file in files["files"]:
            self.assertEqual(file["digest"], "sha256:" + hashlib.sha256(stored[file["path"]]).hexdigest(), file)
        path = pathlib.Path(glob.glob(str(pod.root / "workspace/wandb/run-*/run-*.wandb"))[0])
        kept = artifacts[path.parent.relative_to(pod.root / "workspace").as_posix()]
        self.assertEqual(kept["runId"], run["runId"])
        self.assertEqual(pod.stored(kept["location"])[path.name], path.read_bytes())

    def test_ends(self):
        """Its SDK says nothing after a kill; how the command ended stands beside what it said."""
        for end, code, status in (("code", 3, "failed"), ("exception", 1, "failed"), ("loop", 137, "")):
            with self.subTest(end=end):
                pod = Pod(self.folder, self.store, f"ends-{end}", self.python)
                self.addCleanup(pod.stop)
                pod.start_recorder()
                pod.start("end.py", end)
                if end == "loop":
                    pods.wait_until(lambda: pod.log().count("row") >= 25, "rows", SECONDS_MAX)
                    script = self.process_of(pod, "end.py")
                    os.kill(script, signal.SIGKILL)
                self.assertEqual(pod.wait(SECONDS_MAX), code, pod.log())
                run = self.only_run(pod.bundle())
                self.assertEqual(run.get("status", ""), status)
                loss = run["metrics"]["loss"]["count"]
                if end == "loop":
                    logged = 5 + pod.log().count("row")
                    print(f"{self.version} killed: {logged} rows logged, {loss} in the record", file=sys.stderr)
                    self.assertGreaterEqual(loss, logged - self.rows_lost_max)
                else:
                    self.assertEqual(loss, 5)

    def process_of(self, pod, script):
        """The Python that runs the script in this pod: other tests run the same script at the same time."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                mine = os.readlink(process / "cwd") == str(pod.root / "workspace")
            except OSError:
                continue  # it has just ended
            if mine and words[0] == str(self.python).encode() and str(HERE / "scripts" / script).encode() in words:
                found.append(int(process.name))
        self.assertEqual(len(found), 1, found)
        return found[0]

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
