"""The operator and its worker as processes of the host, so that a restart costs no container."""
import json
import pathlib
import signal
import subprocess
import tempfile

from harness import expect
from machine import BUILD, ENVIRONMENT, NODE_IP, STATE, apply, kubectl, secret

SYSTEM = "pedigree-system"
KEEP_PODS_SECONDS = 2
EVENT_PORT = 18444
SLICE = "pedigree-operator-crash"


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


class Control:
    """One operator and one worker over one folder. The operator has the rights of its own
    ServiceAccount. A process that its failpoint has killed is started again; one that ends otherwise
    fails the case."""

    def __init__(self, prefix):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pedigree-crash-"))
        (self.folder / "cache").mkdir()
        self._processes = {}
        self._configure(prefix)

    def _configure(self, prefix):
        configuration = json.loads((STATE / "pedigree-config.json").read_text())
        defaults = configuration["defaults"]
        defaults["registry"]["prefix"] = prefix
        defaults["artifactStore"]["endpoint"] = f"http://{NODE_IP}:9000"
        defaults["keepFinishedPodsSeconds"] = KEEP_PODS_SECONDS
        _write(self.folder / "config.json", json.dumps(configuration))
        _write(self.folder / "registry/username", "pedigree-push")
        _write(self.folder / "registry/password", secret("registry-push"))
        _write(self.folder / "store/AWS_ACCESS_KEY_ID", secret("s3-access-key"))
        _write(self.folder / "store/AWS_SECRET_ACCESS_KEY", secret("s3-secret-key"))
        cluster = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        token = kubectl("-n", SYSTEM, "create", "token", "pedigree-operator", "--duration=2h").strip()
        cluster["users"][0]["user"] = {"token": token}
        _write(self.folder / "kubeconfig", json.dumps(cluster))

    def _argv(self, name):
        socket = self.folder / "worker.sock"
        if name == "worker":
            return [BUILD / "bin/pedigree-worker", "--socket", socket, "--scratch", self.folder / "scratch",
                    "--cache", self.folder / "cache"]
        return [BUILD / "bin/pedigree-operator", "--configuration", self.folder / "config.json",
                "--database-url-file", STATE / "secrets/database-url",
                "--registry-credentials", self.folder / "registry",
                "--artifact-store-credentials", self.folder / "store",
                "--worker-socket", socket, "--kubeconfig", self.folder / "kubeconfig",
                "--operator-url", f"https://pedigree-operator.{SYSTEM}.svc:8444", "--address", NODE_IP,
                "--read-port", "18443", "--event-port", str(EVENT_PORT), "--health-port", "18080",
                "--metrics-port", "18081"]

    def _start(self, name, failpoint):
        once = self._once(failpoint)
        environment = {key: value for key, value in ENVIRONMENT.items() if key != "KUBECONFIG"}
        environment |= {"PEDIGREE_FAILPOINT": failpoint, "PEDIGREE_FAILPOINT_ONCE": str(once),
                        "PEDIGREE_POD_NAME": "crash-test", "PEDIGREE_NAMESPACE": SYSTEM}
        log = open(self.folder / f"{name}.log", "ab")
        self._processes[name] = (subprocess.Popen([str(word) for word in self._argv(name)], stdout=log,
                                                  stderr=log, env=environment), failpoint)
        log.close()

    def begin(self, failpoint):
        """Both processes; the failpoint is known to both and stands in one."""
        for name in ("worker", "operator"):
            self._start(name, failpoint)

    def look(self):
        """Starts again what was killed. In the worker it is a child; the operator asks for another."""
        for name, (process, failpoint) in list(self._processes.items()):
            code = process.poll()
            if code is None:
                continue
            expect(code == -signal.SIGKILL, f"the {name} ended with {code}: {self.log_end(name)}")
            # Its lease would run out by itself; that only takes longer.
            kubectl("-n", SYSTEM, "delete", "lease", "pedigree-operator", "--ignore-not-found")
            self._start(name, failpoint)

    def _once(self, failpoint):
        """In the cache: a child of the worker writes there and below its own folder alone."""
        return self.folder / "cache" / f"fired-{failpoint}"

    def fired(self, failpoint):
        return self._once(failpoint).exists()

    def log_end(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-1500:] if path.exists() else ""

    def end(self):
        for process, _ in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process, _ in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = {}


class DeploymentAway:
    """While the tests run their own operator, the cluster's own has no replica, and the recorders'
    events go to that of the tests."""

    def __enter__(self):
        self._scale(0)
        kubectl("-n", SYSTEM, "wait", "pod", "-l", "app.kubernetes.io/name=pedigree-operator",
                "--for=delete", "--timeout=90s")
        apply({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
               "metadata": {"name": SLICE, "namespace": SYSTEM,
                            "labels": {"kubernetes.io/service-name": "pedigree-operator"}},
               "endpoints": [{"addresses": [NODE_IP]}],
               "ports": [{"name": "events", "port": EVENT_PORT, "protocol": "TCP"}]})

    def __exit__(self, *_):
        kubectl("-n", SYSTEM, "delete", "endpointslice", SLICE, "--ignore-not-found")
        self._scale(1)

    @staticmethod
    def _scale(replicas):
        kubectl("-n", SYSTEM, "scale", "deployment/pedigree-operator", f"--replicas={replicas}")
