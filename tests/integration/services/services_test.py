"""The services of the running development cluster, asked as pedigree, its users and strangers ask."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import unittest
import urllib.error
import urllib.request

STATE = pathlib.Path("/var/lib/pedigree-dev")
ADDRESS = "10.88.0.1"
TIMEOUT_SECONDS = 20


def secret(name):
    return (STATE / "secrets" / name).read_text().strip()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def ask(url, login=None, method="GET", body=None, **headers):
    """Status and body; a refusal is an answer too."""
    request = urllib.request.Request(url, method=method, data=body,
                                     headers={name.replace("_", "-"): text for name, text in headers.items()})
    if login:
        request.add_header("Authorization", basic(*login))
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def setUpModule():
    if not (STATE / "secrets/database-url").exists():
        raise AssertionError("no development cluster on this machine; next: dev/quickstart --until sample_project")


class RegistryTest(unittest.TestCase):
    base = f"http://{ADDRESS}:5000/v2/base/tensorflow/manifests/"
    manifest_types = "application/vnd.oci.image.manifest.v1+json"

    def test_strangers_are_refused(self):
        self.assertEqual(ask(self.base + "2.13.0")[0], 401)
        self.assertEqual(ask(self.base + "2.13.0", ("pedigree-pull", "wrong"))[0], 401)

    def test_the_base_is_what_its_recorded_digest_says(self):
        digest = (STATE / "base-digest").read_text().strip()
        status, body = ask(self.base + digest, ("pedigree-pull", secret("registry-pull")), Accept=self.manifest_types)
        self.assertEqual(status, 200)
        self.assertEqual("sha256:" + hashlib.sha256(body).hexdigest(), digest)
        self.assertEqual(len(json.loads(body)["layers"]), 2)


class MlflowTest(unittest.TestCase):
    url = f"http://{ADDRESS}:5500/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"

    def login(self):
        return "pedigree", secret("mlflow-login")

    def test_only_with_a_login(self):
        self.assertEqual(ask(self.url)[0], 401)
        self.assertEqual(ask(self.url, ("pedigree", "wrong"))[0], 401)
        self.assertEqual(ask(self.url, self.login())[0], 200)

    def test_answers_to_its_name_in_the_cluster_and_to_no_foreign_one(self):
        for host in ("mlflow-server.dev.svc:5500", "mlflow-server.dev:5500", "mlflow-server.dev.svc"):
            self.assertEqual(ask(self.url, self.login(), Host=host)[0], 200, host)
        status, body = ask(self.url, self.login(), Host="mlflow.example.com")
        self.assertEqual(status, 403)
        self.assertIn(b"Invalid Host header", body)

    def test_artifacts_end_up_in_the_bucket(self):
        url = f"http://{ADDRESS}:5500/api/2.0/mlflow-artifacts/artifacts/services-test/note.txt"
        self.assertEqual(ask(url, self.login(), "PUT", b"kept")[0], 200)
        self.assertEqual(ask(url, self.login())[1], b"kept")
        self.assertTrue((STATE / "minio/mlflow/services-test/note.txt").exists())
        self.assertIn(ask(url, self.login(), "DELETE")[0], (200, 204))


class GitTest(unittest.TestCase):
    url = f"https://{ADDRESS}:8443/vision/mnist.git"

    def git(self, user, password, *arguments, trusted=True):
        helper = f"!f() {{ echo username={user}; echo \"password=$PASSWORD\"; }}; f"
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PASSWORD": password,
                       "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
        if trusted:
            environment["GIT_SSL_CAINFO"] = str(STATE / "pki/services-ca.crt")
        return subprocess.run(["git", "-c", "credential.helper=" + helper, *arguments], env=environment,
                              capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
                              cwd=STATE / "samples/mnist")

    def test_reads_with_the_token_over_a_trusted_connection(self):
        listed = self.git("pedigree", secret("git-token"), "ls-remote", self.url, "refs/heads/main")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertEqual(listed.stdout.split()[0], (STATE / "sample-commit").read_text().strip())
        self.assertNotEqual(self.git("pedigree", "wrong", "ls-remote", self.url).returncode, 0)
        distrusted = self.git("pedigree", secret("git-token"), "ls-remote", self.url, trusted=False)
        self.assertIn("certificate", distrusted.stderr)

    def test_pedigrees_token_cannot_push(self):
        refused = self.git("pedigree", secret("git-token"), "push", "--dry-run", self.url, "main:refs/heads/other")
        self.assertNotEqual(refused.returncode, 0)
        allowed = self.git("developer", secret("git-push-token"), "push", "--dry-run", self.url, "main:refs/heads/other")
        self.assertEqual(allowed.returncode, 0, allowed.stderr)

    def test_two_commits_one_tree(self):
        trees = [self.git("", "", "rev-parse", branch + "^{tree}").stdout for branch in ("main", "same-tree")]
        commits = [self.git("", "", "rev-parse", branch).stdout for branch in ("main", "same-tree")]
        self.assertEqual(trees[0], trees[1])
        self.assertNotEqual(commits[0], commits[1])


class IndexTest(unittest.TestCase):
    url = f"http://{ADDRESS}:8081"

    def test_serves_every_wheel_of_the_lock_with_its_hash(self):
        lock = pathlib.Path(__file__).resolve().parents[3] / "dev/samples/mnist/requirements.lock"
        pins = re.findall(r"^(\S+)==\S+ \\\n\s+--hash=sha256:(\w+)", lock.read_text(), re.MULTILINE)
        self.assertGreater(len(pins), 30)
        for name, digest in pins:
            status, page = ask(f"{self.url}/simple/{name}/")
            self.assertEqual(status, 200, name)
            self.assertIn(digest, page.decode(), name)

    def test_a_wheel_is_what_its_link_says(self):
        target, digest = re.search(rb'href="([^"#]+)#sha256=(\w+)"', ask(f"{self.url}/simple/pymysql/")[1]).groups()
        body = ask(self.url + target.decode())[1]
        self.assertEqual(hashlib.sha256(body).hexdigest(), digest.decode())


class SecretsTest(unittest.TestCase):
    def test_no_secret_stands_in_an_argument_list_or_a_log(self):
        values = [secret(name).encode() for name in (
            "git-token", "git-push-token", "mlflow-login", "postgresql-pedigree", "postgresql-mlflow",
            "registry-push", "registry-pull", "s3-access-key", "s3-secret-key")]
        self.assertTrue(all(len(value) == 48 for value in values))
        places = [*pathlib.Path("/proc").glob("[0-9]*/cmdline"), *(STATE / "logs").glob("*.log")]
        self.assertGreater(len(places), 10)
        for place in places:
            try:
                text = place.read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # the process has ended meanwhile
            self.assertFalse([value for value in values if value in text], place)

    def test_secrets_are_for_root_only(self):
        self.assertEqual((STATE / "secrets").stat().st_mode & 0o777, 0o700)
        for file in (STATE / "secrets").iterdir():
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)


if __name__ == "__main__":
    unittest.main()
