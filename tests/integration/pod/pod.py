"""A training pod on loopback: real MLflow server, real MinIO, our recorder and launcher.

Everything lies below one temporary folder, which stands for the pod's root. Processes are ended by
the object that started them.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))
BUILD = pathlib.Path(os.environ["PEDIGREE_BUILD_BIN"])
SCRIPTS = pathlib.Path(__file__).parent / "scripts"
SERVER_PYTHON = CACHE / "mlflow-server/bin/python"
WAIT_SECONDS = 60


# A test that is ended from outside still ends what it started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=WAIT_SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


class Process:
    """A child in a session of its own, ended with all that it started."""

    def __init__(self, argv, log, env=None, cwd=None):
        self.log = pathlib.Path(log)
        with open(log, "ab") as out:
            self.child = subprocess.Popen(argv, stdout=out, stderr=out, env=env, cwd=cwd,
                                          stdin=subprocess.DEVNULL, start_new_session=True)

    def stop(self, number=signal.SIGTERM, seconds=15):
        if self.child.poll() is None:
            os.killpg(self.child.pid, number)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        for pid in self._left():
            os.kill(pid, signal.SIGKILL)
        return self.child.returncode

    def _left(self):
        """Of its session, in groups of their own: the script of a launcher that was killed."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue  # it has just ended
            if int(session) == self.child.pid and state != "Z":
                yield int(stat.parent.name)


class Mlflow:
    """The tracking server on SQLite, artifacts proxied to a folder."""

    def __init__(self, folder, options=("--workers", "1")):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.process = None

    def start(self):
        self.process = Process(
            [SERVER_PYTHON, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port",
             str(self.port), "--backend-store-uri",
             f"sqlite:///{self.folder}/mlflow.db", "--artifacts-destination",
             str(self.folder / "artifacts"), "--serve-artifacts", *self.options],
            self.folder / "log", env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true",
                                      "PATH": f"{SERVER_PYTHON.parent}:{os.environ['PATH']}"})
        wait_until(lambda: answers(self.url + "/health"), "MLflow server")

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/api/2.0/mlflow/" + path, data=data,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def runs_of(self, attempt):
        experiments = [e["experiment_id"]
                       for e in self.call("experiments/search", {"max_results": 100})["experiments"]]
        return self.call("runs/search", {"experiment_ids": experiments, "max_results": 1000,
                                         "filter": f"tags.`pedigree.attempt` = '{attempt}'"}).get("runs", [])


class Minio:
    KEY, SECRET, BUCKET = "canary-access", "canary-secret-key", "pedigree"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        # A folder below the root is a bucket.
        (self.folder / "data" / self.BUCKET).mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        env = {**os.environ, "MINIO_ROOT_USER": self.KEY, "MINIO_ROOT_PASSWORD": self.SECRET}
        self.process = Process([CACHE / "bin/minio", "server", "--address",
                                f"127.0.0.1:{self.port}", str(self.folder / "data")],
                               self.folder / "log", env=env)
        wait_until(lambda: answers(self.url + "/minio/health/ready"), "MinIO")

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None


class Pod:
    """One attempt: its root folder, configuration, recorder and launcher."""

    def __init__(self, folder, mlflow, minio, uid, **changes):
        self.root = pathlib.Path(folder) / uid
        self.mlflow, self.minio, self.uid = mlflow, minio, uid
        self.port = free_port()
        for name in ("workspace", "opt/pedigree/exchange", "journal", "dev", "credentials/store", "usr/bin"):
            (self.root / name).mkdir(parents=True)
        (self.root / "credentials/store/AWS_ACCESS_KEY_ID").write_text(minio.KEY)
        (self.root / "credentials/store/AWS_SECRET_ACCESS_KEY").write_text(minio.SECRET)
        shutil.copy(BUILD / "pedigree-launch", self.root / "usr/bin/pedigree-launch")
        self.tags = {"pedigree.experiment": "experiment-uid", "pedigree.attempt": uid}
        self.config = {
            "experimentUid": "experiment-uid", "experimentName": "it-1", "namespace": "vision",
            "artifactStore": {"endpoint": minio.url, "bucket": minio.BUCKET,
                              "credentialsDirectory": "/credentials/store"},
            "inputPrefix": "namespaces/vision/",
            "mlflow": {"url": mlflow.url, "experimentName": "it", "tags": self.tags},
            "drainSeconds": 60, "prepareSeconds": 30, **changes}
        self.recorder = self.launcher = None

    def environment(self, **more):
        return {**os.environ, "PEDIGREE_POD_UID": self.uid, **more}

    def command(self, subcommand):
        """As the operator writes it, with the configuration where the kubelet mounts it."""
        text = json.dumps(self.config).encode()
        folder = self.root / "configuration"
        folder.mkdir(exist_ok=True)
        (folder / "pod.json").write_bytes(text)
        return [BUILD / "pedigree-recorder", subcommand, "--root", self.root, "--port", str(self.port),
                "--configuration-digest", "sha256:" + hashlib.sha256(text).hexdigest()]

    def run(self, subcommand):
        return subprocess.run(self.command(subcommand), env=self.environment(), capture_output=True, text=True)

    def start_recorder(self):
        self.recorder = Process(self.command("record"), self.root / "recorder.log", env=self.environment())
        wait_until(lambda: subprocess.run([BUILD / "pedigree-recorder", "healthy", "--port",
                                           str(self.port)], capture_output=True).returncode == 0,
                   "recorder")

    def start_script(self, name, python=SERVER_PYTHON, options=()):
        env = {**os.environ, "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{self.port}",
               "MLFLOW_RUN_CONTEXT": json.dumps(self.tags), "MLFLOW_DISABLE_TELEMETRY": "true",
               "MLFLOW_EXPERIMENT_NAME": "it", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
               "GIT_PYTHON_REFRESH": "quiet"}
        self.launcher = Process([BUILD / "pedigree-launch", "--workspace", self.root / "workspace",
                                 "--exchange", self.root / "opt/pedigree/exchange",
                                 "--drain-seconds", "90", *options,
                                 "--", python, SCRIPTS / name], self.root / "launcher.log", env=env)

    def wait(self, seconds=180):
        return self.launcher.child.wait(seconds)

    def run_script(self, name, **how):
        self.start_recorder()
        self.start_script(name, **how)
        return self.wait()

    def bundle(self):
        """The bundle from the store, checked against the termination message."""
        said = json.loads((self.root / "dev/termination-log").read_text())
        data = self.object(f"attempts/{self.uid}/bundle.json")
        assert said["bundle"] == "sha256:" + hashlib.sha256(data).hexdigest()
        return json.loads(data)

    def object(self, key):
        target = self.root / "object"
        subprocess.run(["curl", "-sSf", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                        f"{self.minio.KEY}:{self.minio.SECRET}", "-o", target,
                        f"{self.minio.url}/{self.minio.BUCKET}/{key}"], check=True)
        return target.read_bytes()

    def log_text(self, bundle):
        segments = range(1, bundle["log"]["segments"] + 1)
        return b"".join(self.object(f"{bundle['log']['key']}{number:07}.out") for number in segments)

    def resident_bytes_max(self):
        status = pathlib.Path(f"/proc/{self.recorder.child.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024

    def stop(self):
        for process in (self.launcher, self.recorder):
            if process:
                process.stop()


def manifest_digest(folder):
    """As sha256sum would: the definition, written a second time."""
    lines = []
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append((path.relative_to(folder).as_posix().encode(), digest.encode()))
    text = b"".join(digest + b"  " + path + b"\n" for path, digest in sorted(lines))
    return "sha256:" + hashlib.sha256(text).hexdigest()


def new_folder():
    return pathlib.Path(tempfile.mkdtemp(prefix="pedigree-pod-"))
