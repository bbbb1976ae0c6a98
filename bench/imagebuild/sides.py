"""What the image benchmark compares, and what they share: the registry, the project and its git server."""
import gzip
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration/worker"))
import parts  # noqa: E402

STATE = pathlib.Path("/var/lib/pedigree-dev")
CACHE = pathlib.Path("/var/cache/pedigree-dev")
WHEELS = CACHE / "wheels"
WORKER = os.environ.get("PEDIGREE_WORKER", str(ROOT / "build/dev/bin/pedigree-worker"))
REGISTRY, INDEX = "10.88.0.1:5000", "http://10.88.0.1:8081/simple/"
LOGIN = STATE / "secrets/registry-push.json"
OCI = "application/vnd.oci.image"


def milliseconds(action):
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000


def check_machine():
    if not shutil.which("buildah") or not (STATE / "base-digest").exists():
        sys.exit("buildah or the development cluster is missing; next: dev/quickstart --until base")


class Registry:
    """A bare client on one connection, with the login that pushes."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(*REGISTRY.split(":"))
        self.basic = json.loads(LOGIN.read_text())["auths"][REGISTRY]["auth"]

    def ask(self, method, path, body=None, kind="application/octet-stream"):
        self.connection.request(method, path, body, {"Authorization": f"Basic {self.basic}", "Content-Type": kind,
                                                     "Accept": f"{OCI}.manifest.v1+json, */*"})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            sys.exit(f"{method} {path}: {answer.status} {data[:200]}")
        return answer, data

    def push_blob(self, repository, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        answer, _ = self.ask("POST", f"/v2/{repository}/blobs/uploads/", b"")
        location = answer.headers["Location"]
        self.ask("PUT", f"{location[location.index('/v2/'):]}&digest={digest}", content)
        return {"digest": digest, "size": len(content)}

    def push_least(self, repository):
        """What nobody can do without: a layer, a configuration and a manifest of the usual size."""
        layer, config = (self.push_blob(repository, os.urandom(size)) for size in (8000, 1000))
        self.ask("PUT", f"/v2/{repository}/manifests/least", json.dumps({
            "schemaVersion": 2, "mediaType": f"{OCI}.manifest.v1+json",
            "config": {"mediaType": f"{OCI}.config.v1+json", **config},
            "layers": [{"mediaType": f"{OCI}.layer.v1.tar+gzip", **layer}]}), f"{OCI}.manifest.v1+json")

    def push_documents(self, repository):
        """What stands beside an image: two artifacts, and their index, read before and after it is written."""
        manifest = f"{OCI}.manifest.v1+json"
        for kind, size in (("sbom", 30000), ("provenance", 10000)):
            document = self.push_blob(repository, os.urandom(size))
            self.ask("PUT", f"/v2/{repository}/manifests/{kind}", json.dumps({
                "schemaVersion": 2, "mediaType": manifest, "config": {"mediaType": f"{OCI}.config.v1+json", **document},
                "layers": []}), manifest)
        for method in ("HEAD", "PUT", "HEAD"):
            self.ask(method, f"/v2/{repository}/manifests/sbom", json.dumps({
                "schemaVersion": 2, "mediaType": manifest, "config": {"mediaType": f"{OCI}.config.v1+json", **document},
                "layers": []}) if method == "PUT" else None, manifest)

    def look_for(self, line, repository, reference):
        manifest = json.loads(self.ask("GET", f"/v2/{repository}/manifests/{reference}")[1])
        _, layer = self.ask("GET", f"/v2/{repository}/blobs/{manifest['layers'][-1]['digest']}")
        if line.encode() not in gzip.decompress(layer):
            sys.exit(f"{repository}: the newest layer has not the last change")

    @staticmethod
    def forget(prefix):
        """The registry frees bytes only while it is stopped: what no other repository has goes by hand."""
        data = STATE / "registry/data/docker/registry/v2"
        pushed = {one.name for one in (data / "repositories" / prefix).rglob("sha256/*")}
        shutil.rmtree(data / "repositories" / prefix, ignore_errors=True)
        kept = {one.name for one in (data / "repositories").rglob("sha256/*")}
        for digest in pushed - kept:
            shutil.rmtree(data / "blobs/sha256" / digest[:2] / digest, ignore_errors=True)


class Project:
    """The sample project behind a git server of its own; each change is one line."""

    def __init__(self, folder):
        self.certificates = parts.Certificates(folder)
        self.served = parts.Project(folder, self.certificates)
        sample = ROOT / "dev/samples/mnist"
        self.files = {str(file.relative_to(sample)): file.read_text() for file in sorted(sample.rglob("*"))
                      if file.is_file() and "__pycache__" not in file.parts}
        self.commit = ""

    def change(self):
        """The new last line of train.py, committed and on the server."""
        line = f"# {random.random()}"
        self.commit = self.served.commit({**self.files, "train.py": f"{self.files['train.py']}{line}\n"})
        return line

    def fetch(self, commit, folder):
        """As the worker does it: a shallow fetch of the one commit; buildah also wants the files."""
        helper = f"!f() {{ echo username=reader; echo password={parts.SECRET}-git; }}; f"
        parts.run("git", "init", "-q", folder)
        parts.run("git", "-c", f"credential.helper={helper}", "fetch", "-q", "--depth=1", self.served.url, commit,
                  cwd=folder, GIT_SSL_CAINFO=self.certificates.ca)
        parts.run("git", "checkout", "-q", "FETCH_HEAD", cwd=folder)
        shutil.rmtree(f"{folder}/.git")


class Ours:
    def __init__(self, folder, project, base, lock, repository):
        self.worker = parts.Worker(WORKER, folder)
        self.project, self.repository = project, repository
        user, password = "pedigree-push", (STATE / "secrets/registry-push").read_text().strip()
        self.input = {
            "base": base, "lockFile": lock, "indexUrl": INDEX, "plainHttpHosts": [REGISTRY],
            "pullConfig": LOGIN.read_text(),
            "push": {"host": REGISTRY, "repository": repository, "plainHttp": True,
                     "credential": {"username": user, "password": password}}}
        self.digest = ""

    def build(self, commit):
        """Milliseconds in all, and of these from "Source" to the next stage: git and opening the tree.
        Afterwards `documents` are those after the image was there."""
        git = {"url": self.project.served.url, "commit": commit, "caPem": self.project.certificates.ca_pem,
               "subdirectory": ".", "credential": {"username": "reader", "password": f"{parts.SECRET}-git"}}
        begin, marks, there = time.perf_counter(), [], 0
        with self.worker.connect("BuildImage", {"git": git, **self.input},
                                 allowed=("127.0.0.1/32", "10.88.0.1/32")) as client, client.makefile() as lines:
            for line in lines:
                marks.append((time.perf_counter() - begin) * 1000)
                answer = json.loads(line)
                if answer.get("progress", {}).get("message", "").startswith("Pushing SBOM"):
                    there = marks[-1]
                if "failure" in answer:
                    sys.exit(f"the worker: {answer['failure']['message']}")
        outcome = answer["outcome"]
        self.input.update(knownLayers=outcome["layers"], baseInventory=outcome["baseInventory"],
                          wheelPlan=outcome["wheelPlan"])
        self.digest, self.wheels = outcome["imageDigest"], outcome["wheels"]
        self.documents = marks[-1] - there if there else 0
        return marks[-1], marks[1] - marks[0]


class Buildah:
    def __init__(self, folder, project, base, repository):
        self.tree, self.project, self.base, self.repository = f"{folder}/tree", project, base, repository
        self.run("pull", "-q", "--tls-verify=false", base)

    @staticmethod
    def version():
        words = subprocess.run(["buildah", "--version"], capture_output=True, text=True).stdout
        return words.split(" (")[0].replace(" version", "").strip()

    @staticmethod
    def run(*arguments):
        done = subprocess.run(["buildah", *arguments], capture_output=True, text=True,
                              env={**os.environ, "REGISTRY_AUTH_FILE": str(LOGIN), "BUILDAH_ISOLATION": "chroot"})
        if done.returncode != 0:
            sys.exit(f"buildah {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def image(self):
        container = self.run("from", "--pull-never", "--tls-verify=false", self.base)
        self.run("copy", "-q", container, self.tree, "/opt/pedigree/code")
        self.run("commit", "-q", "--rm", "--format", "oci", "--tls-verify=false", container,
                 f"docker://{REGISTRY}/{self.repository}:bench")

    def build(self, commit):
        shutil.rmtree(self.tree, ignore_errors=True)
        fetching = milliseconds(lambda: self.project.fetch(commit, self.tree))
        return fetching + milliseconds(self.image), fetching

    def words(self):
        store = json.loads(self.run("info"))["store"]
        return f"{self.version()}, storage driver {store['GraphDriverName']}, base pulled, --format oci"
