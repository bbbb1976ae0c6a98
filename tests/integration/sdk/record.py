"""What the tests of trackers' SDKs against the whole recorder share: an attempt whose spec names no tracker, its script
in a Python that has one version of the SDK, a store that takes everything."""
import hashlib
import http.server
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "pod"))
import pod as pods  # noqa: E402

pods.BUILD = pods.BUILD.resolve()  # scripts run in a folder of their own
SECONDS_MAX = 240  # of a script, on a machine that does other things beside it


class Store:
    """Stands for an object store that takes everything: what was put, by key, and which were read. It looks at no
    signature."""
    KEY, SECRET, BUCKET = "access", "secret", "pedigree"

    def __init__(self):
        objects = self.objects = {}
        read = self.read = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def key(self):
                return urllib.parse.unquote(self.path).removeprefix("/pedigree/")

            def do_PUT(self):  # noqa: N802
                objects[self.key()] = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(200)

            def do_GET(self):  # noqa: N802
                read.append(self.key())
                found = objects.get(self.key())
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
    """An attempt of an Experiment without trackers; `cases` says what its scripts find."""

    def __init__(self, cases, uid, **changes):
        super().__init__(cases.folder, types.SimpleNamespace(url=""), cases.store, uid, **changes)
        del self.config["mlflow"]
        self.cases = cases
        (self.root / "home").mkdir()

    def start(self, script, *arguments, shell=None, **more):
        """`shell`: what a shell does with the command, which stands for its {}."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(self.cases.prefixes)}
        env = kept | {"HOME": str(self.root / "home"), "PYTHONUNBUFFERED": "1"} | \
            self.cases.environment(f"http://127.0.0.1:{self.port}") | more
        command = [self.cases.python, self.cases.here / "scripts" / script, *arguments]
        if shell:
            command = ["/bin/sh", "-c", shell.format(shlex.join(map(str, command)))]
        self.launcher = pods.Process(
            [pods.BUILD / "pedigree-launch", "--workspace", self.root / "workspace",
             "--exchange", self.root / "opt/pedigree/exchange", "--drain-seconds", "90", "--stop-seconds", "30",
             "--", *command],
            self.root / "launcher.log", env=env, cwd=self.root / "workspace")

    def log(self):
        return (self.root / "launcher.log").read_text()

    def stored(self, location):
        prefix = location.removeprefix("s3://pedigree/")
        return {key.removeprefix(prefix): data for key, data in self.minio.objects.items() if key.startswith(prefix)}

    def kill_script(self, script):
        """The Python that runs the script in this pod, not what it forked: other tests run the same script at the same
        time."""
        found = {}
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                mine = os.readlink(process / "cwd") == str(self.root / "workspace")
            except OSError:
                continue  # it has just ended
            if mine and words[0] == str(self.cases.python).encode() and \
                    str(self.cases.here / "scripts" / script).encode() in words:
                found[int(process.name)] = parent
        first = [pid for pid, parent in found.items() if parent not in found]
        assert len(first) == 1, found
        os.kill(first[0], signal.SIGKILL)


class RecordCases:
    """Mixed into a TestCase for each version, which says the rest."""
    here = None  # the tracker's folder: scripts/, make_venvs
    name = None  # of the SDK in the cache
    word = None  # of the tracker in the record
    version = None
    prefixes = ()  # of variables that a script shall not find

    @staticmethod
    def environment(recorder_url):
        """As the tracker's pod.cpp has it."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.python = pods.CACHE / f"{cls.name}-{cls.version}/bin/python"
        if not cls.python.exists():
            subprocess.run([cls.here / "make_venvs"], check=True)
        cls.folder, cls.store = pods.new_folder(), Store()

    @classmethod
    def tearDownClass(cls):
        cls.store.stop()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def new_pod(self, uid=None, **changes):
        pod = Pod(self, uid or self._testMethodName.replace("_", "-"), **changes)
        self.addCleanup(pod.stop)
        pod.start_recorder()
        return pod

    def only_run(self, bundle):
        self.assertEqual(len(bundle["runs"]), 1, bundle["runs"])
        run = bundle["runs"][0]
        self.assertEqual((run["tracker"], run["inFiles"]), (self.word, True))
        return run

    @staticmethod
    def artifacts(bundle):
        return {artifact["name"]: artifact for artifact in bundle["artifacts"]}

    def check_stored(self, pod, artifact):
        """That the store has each file of it as the record says."""
        stored = pod.stored(artifact["location"])
        for file in artifact["files"]:
            self.assertEqual(file["digest"], "sha256:" + hashlib.sha256(stored[file["path"]]).hexdigest(), file)
        return stored


class EndCases(RecordCases):
    """How a run of scripts/end.py ends, for SDKs that talk to the recorder."""
    loss = None  # as the record names what end.py logs: five rows, then ten a second
    rows_lost_max = None  # of these, when killed
    rows_before_a_kill = None
    stopped_status = None  # what the SDK says of KeyboardInterrupt
    rows_lost_when_stopped = 1  # one is interrupted

    def test_ends(self):
        """Its SDK says nothing after a kill; how the command ended stands beside what it said."""
        for end, code, status in (("code", 3, "failed"), ("exception", 1, "failed"), ("loop", 137, "")):
            with self.subTest(end=end):
                pod = self.new_pod(f"ends-{end}")
                pod.start("end.py", end, "1000")
                if end == "loop":
                    self.wait_for_rows(pod)
                    pod.kill_script("end.py")
                self.assertEqual(pod.wait(SECONDS_MAX), code, pod.log())
                run = self.only_run(pod.bundle())
                self.assertEqual(run.get("status", ""), status)
                loss = run["metrics"][self.loss]["count"]
                if end == "loop":
                    logged = 5 + pod.log().count("row")
                    print(f"{self.version} killed: {logged} rows logged, {loss} in the record", file=sys.stderr)
                    self.assertGreaterEqual(loss, logged - self.rows_lost_max)
                else:
                    self.assertEqual(loss, 5)

    def test_stopped(self):
        """The launcher's steps give its SDK the end that a person's Ctrl-C gives it, also below a shell."""
        for name, shell in (("alone", None), ("shell", "{} 2>&1 | tee log.txt; echo further")):
            with self.subTest(name=name):
                pod = self.new_pod(f"stopped-{name}")
                pod.start("end.py", "loop", "1000", shell=shell)
                self.wait_for_rows(pod)
                begun = time.monotonic()
                pod.launcher.child.send_signal(signal.SIGTERM)
                code = pod.wait(SECONDS_MAX)
                took = time.monotonic() - begun
                bundle = pod.bundle()
                run = self.only_run(bundle)
                loss, logged = run["metrics"][self.loss]["count"], 5 + pod.log().count("row")
                how = bundle["launcher"]["error"]
                print(f"{self.version} stopped, {name}: rc {code}, {took:.1f} s, {logged} rows logged, {loss} in the "
                      f"record, {how}", file=sys.stderr)
                self.assertEqual(run["status"], self.stopped_status, pod.log())
                self.assertGreaterEqual(loss, logged - self.rows_lost_when_stopped)
                self.assertTrue(how.startswith("stopped by SIGINT: "), how)
                self.assertNotIn("further", pod.log())

    def wait_for_rows(self, pod):
        pods.wait_until(lambda: pod.log().count("row") >= self.rows_before_a_kill, "rows", SECONDS_MAX)
