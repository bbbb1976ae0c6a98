"""What dev/quickstart promises of its cluster, asked in a namespace of its own: restricted Jobs with
GPUs and native sidecars, names, Services, processes of the host, no way out, kubectl logs and exec,
failures as a real kubelet reports them."""
import http.server
import json
import os
import pathlib
import subprocess
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NAMESPACE = f"cluster-test-{os.getpid()}"
NODE_IP = "10.88.0.1"
WAIT_SECONDS = 90


def kubectl(*argv, text=None, code=0):
    kubeconfig = os.environ.get("PEDIGREE_TEST_KUBECONFIG", str(ROOT / "dev/run/kubeconfig"))
    path = os.path.join(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"), "bin")
    done = subprocess.run(["kubectl", f"--kubeconfig={kubeconfig}", f"--namespace={NAMESPACE}", *argv],
                          input=text, capture_output=True, text=True, timeout=WAIT_SECONDS + 30,
                          env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}, check=False)
    if done.returncode != code:
        raise AssertionError(f"kubectl {' '.join(argv)} ended with {done.returncode}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def wait_for(what, condition):
    kubectl("wait", what, f"--for={condition}", f"--timeout={WAIT_SECONDS}s")


def pod_of(job):
    """The Job's only pod, once the controller has made it."""
    kubectl("wait", f"job/{job}", "--for=jsonpath={.status.startTime}", f"--timeout={WAIT_SECONDS}s")
    kubectl("wait", "pod", "-l", f"job-name={job}", "--for=create", f"--timeout={WAIT_SECONDS}s")
    return json.loads(kubectl("get", "pods", "-l", f"job-name={job}", "-o", "json"))["items"][0]


class Greeter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from the host")

    def log_message(self, *_):
        pass


def host_service(port):
    """The Service that dev/lib/common.sh writes for a process on the host."""
    text = (ROOT / "dev/cluster/host_service.yaml.in").read_text()
    for name, value in (("NAME", "host"), ("NAMESPACE", NAMESPACE), ("PORT", port), ("TARGET", port),
                        ("NODE_IP", NODE_IP)):
        text = text.replace(f"@{name}@", str(value))
    return text


class ClusterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer((NODE_IP, 0), Greeter)
        cls.addClassCleanup(cls.server.server_close)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)
        port = cls.server.server_address[1]
        kubectl("create", "namespace", NAMESPACE)
        cls.addClassCleanup(kubectl, "delete", "namespace", NAMESPACE, "--wait=false")
        kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
        kubectl("apply", "-f", "-", text=host_service(port))
        objects = (HERE / "workload.yaml").read_text()
        objects = objects.replace("@NAMESPACE@", NAMESPACE).replace("@PORT@", str(port))
        web, _, jobs = objects.partition("---\napiVersion: batch/v1")
        kubectl("apply", "-f", "-", text=web)
        wait_for("pod/web", "condition=Ready")
        kubectl("apply", "-f", "-", text="apiVersion: batch/v1" + jobs)

    def test_a_restricted_job_with_a_gpu_and_a_sidecar_completes(self):
        wait_for("job/training", "condition=complete")
        said = dict(line.split(": ", 1) for line in
                    kubectl("logs", "job/training", "-c", "training").splitlines())
        self.assertEqual(said["user"], "4242:4242")
        self.assertRegex(said["gpu"], r"^gpu-[01]$")
        self.assertEqual(said["workspace"], "4242")
        self.assertEqual(said["seccomp"], "2")
        self.assertEqual(int(said["capabilities"], 16), 0)
        self.assertIn('"v1.', said["api"])
        self.assertEqual(said["pod"], "hello from a pod")
        self.assertEqual(said["host"], "hello from the host")
        self.assertIn("can't connect", said["outside"])
        self.assertEqual(kubectl("logs", "job/training", "-c", "sidecar"), "sidecar runs\nsidecar ends\n")

    def test_gpus_that_nobody_has_are_waited_for_with_a_reason(self):
        wait_for(f"pod/{pod_of('too-many-gpus')['metadata']['name']}", "condition=PodScheduled=False")
        condition, = [each for each in pod_of("too-many-gpus")["status"]["conditions"]
                      if each["type"] == "PodScheduled"]
        self.assertEqual(condition["reason"], "Unschedulable")
        self.assertIn("Insufficient nvidia.com/gpu", condition["message"])

    def test_too_much_memory_is_told_as_such(self):
        wait_for("job/out-of-memory", "condition=failed")
        ended = pod_of("out-of-memory")["status"]["containerStatuses"][0]["state"]["terminated"]
        self.assertEqual((ended["reason"], ended["exitCode"]), ("OOMKilled", 137))

    def test_exec_reaches_a_container(self):
        self.assertEqual(kubectl("exec", "web", "--", "/bin/busybox", "cat", "/tmp/hello"),
                         "hello from a pod\n")

    def test_an_unrestricted_pod_is_refused(self):
        refusal = kubectl("run", "root", "--image=pedigree.dev/busybox:1", code=1)
        self.assertIn('violates PodSecurity "restricted', refusal)


if __name__ == "__main__":
    unittest.main()
