"""An API server of the test's own: etcd and kube-apiserver on loopback, without node or controllers, so what
is installed there runs nowhere and deletes nothing. Both end with the test."""
import os
import pathlib
import socket
import subprocess
import tempfile
import time

import chart

START_SECONDS = 90
TOKEN = "chart-test"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ApiServer:
    def __init__(self):
        programs = {name: chart.program(name) for name in ("etcd", "kube-apiserver", "kubectl", "helm")}
        self.folder = tempfile.TemporaryDirectory(prefix="chart-api-server")
        place = pathlib.Path(self.folder.name)
        client, peer, port = free_ports(3)
        subprocess.run(["openssl", "genrsa", "-out", place / "account.key", "2048"], check=True, capture_output=True)
        (place / "tokens").write_text(f"{TOKEN},admin,admin,system:masters\n")
        self.kubeconfig = place / "kubeconfig"
        self.kubeconfig.write_text(f"""
apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "https://127.0.0.1:{port}", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {TOKEN}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: admin}}}}]
current-context: test
""")
        self.log = open(place / "log", "w", encoding="utf-8")
        self.processes = [
            self.start(programs["etcd"], f"--data-dir={place}/etcd", "--unsafe-no-fsync",
                       f"--listen-client-urls=http://127.0.0.1:{client}", f"--advertise-client-urls=http://127.0.0.1:{client}",
                       f"--listen-peer-urls=http://127.0.0.1:{peer}"),
            self.start(programs["kube-apiserver"], f"--etcd-servers=http://127.0.0.1:{client}", f"--secure-port={port}",
                       "--bind-address=127.0.0.1", f"--cert-dir={place}/certificates", "--authorization-mode=RBAC",
                       f"--token-auth-file={place}/tokens", "--service-cluster-ip-range=10.0.0.0/24",
                       "--service-account-issuer=https://chart.test", f"--service-account-key-file={place}/account.key",
                       f"--service-account-signing-key-file={place}/account.key",
                       "--disable-admission-plugins=ServiceAccount")]
        self.wait_until_ready()

    def start(self, *argv):
        return subprocess.Popen([*map(str, argv)], stdout=self.log, stderr=subprocess.STDOUT)

    def wait_until_ready(self):
        end = time.monotonic() + START_SECONDS
        while self.call("kubectl", "get", "--raw", "/readyz", code=None)[0] != 0:
            if time.monotonic() > end or any(each.poll() is not None for each in self.processes):
                log = pathlib.Path(self.log.name).read_text()[-3000:]
                self.stop()
                raise AssertionError(f"the API server did not become ready: {log}")
            time.sleep(0.2)

    def call(self, name, *argv, text=None, code=0):
        """(code, output); another code than the one that is asked for fails the test, None takes any."""
        done = subprocess.run([chart.program(name), *map(str, argv)], input=text, capture_output=True, text=True,
                              timeout=chart.LIMIT_SECONDS, check=False,
                              env={**os.environ, "KUBECONFIG": str(self.kubeconfig)})
        said = done.stdout + "".join(line + "\n" for line in done.stderr.splitlines() if "symbolic link" not in line)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{name} {' '.join(map(str, argv[:4]))} ended with {done.returncode}: {said}")
        return done.returncode, said

    def kubectl(self, *argv, **options):
        return self.call("kubectl", *argv, **options)[1]

    def helm(self, *argv, namespace=chart.NAMESPACE, **options):
        return self.call("helm", *argv, f"--namespace={namespace}", **options)[1]

    def stop(self):
        for each in reversed(self.processes):
            each.terminate()
        for each in self.processes:
            try:
                each.wait(20)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        self.log.close()
        self.folder.cleanup()
