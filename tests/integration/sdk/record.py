"""What the tests of trackers' SDKs against the whole recorder share: an attempt whose spec names no tracker, its script
in a Python that has one version of the SDK, a store that takes everything."""
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
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "pod"))
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

            def key(self):
                return urllib.parse.unquote(self.path).removeprefix("/pedigree/")

            def do_PUT(self):  # noqa: N802
                objects[self.key()] = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(200)

            def do_GET(self):  # noqa: N802
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

    def start(self, script, *arguments, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(self.cases.prefixes)}
        env = kept | {"HOME": str(self.root / "home"), "PYTHONUNBUFFERED": "1"} | \
            self.cases.environment(f"http://127.0.0.1:{self.port}") | more
        self.launcher = pods.Process(
            [pods.BUILD / "pedigree-launch", "--workspace", self.root / "workspace",
             "--exchange", self.root / "opt/pedigree/exchange", "--drain-seconds", "90",
             "--", self.cases.python, self.cases.here / "scripts" / script, *arguments],
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
