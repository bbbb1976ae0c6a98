"""The real parts that the worker's tests talk to: docker-registry, git over TLS, a package index.

All listen on loopback, on ports of their own, and live in one folder that goes away.
"""
import base64
import gzip
import hashlib
import http.server
import io
import json
import os
import pathlib
import pwd
import shutil
import socket
import ssl
import subprocess
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile

SECRET = "canary-7f3a91"  # every password holds it, so that a leak can be searched for


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(*argv, cwd=None, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
    done = subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{argv[0]} failed: {done.stderr}")
    return done.stdout.strip()


class Certificates:
    """A CA and a server certificate for 127.0.0.1."""

    def __init__(self, folder):
        self.ca, self.key, self.certificate = (f"{folder}/{name}" for name in ("ca.crt", "git.key", "git.crt"))
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test CA",
            "-keyout", f"{folder}/ca.key", "-out", self.ca)
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", self.key,
            "-out", f"{folder}/git.csr")
        with open(f"{folder}/git.ext", "w") as out:
            out.write("subjectAltName=IP:127.0.0.1\n")
        run("openssl", "x509", "-req", "-in", f"{folder}/git.csr", "-CA", self.ca, "-CAkey", f"{folder}/ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{folder}/git.ext", "-out", self.certificate)
        self.ca_pem = open(self.ca).read()


class GitHandler(http.server.BaseHTTPRequestHandler):
    """git http-backend behind basic authentication, but for what lies in the folder open."""

    def log_message(self, *_):
        pass

    def serve(self):
        expected = "Basic " + base64.b64encode(f"reader:{SECRET}-git".encode()).decode()
        path, _, query = self.path.partition("?")
        if path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/moved/", "/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.headers.get("Authorization") != expected and not path.startswith("/open/"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": self.server.root, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "reader",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_NOSYSTEM": "1", "HOME": self.server.root}
        answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        fields = [line.partition(": ")[::2] for line in head.decode().splitlines()]
        self.send_response(int(dict(fields).get("Status", "200 OK").split()[0]))
        for name, value in fields:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = serve


class IndexHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path.startswith("/simple/slow/"):
            self.server.slow_asked.set()
            self.server.slow_released.wait(30)
        body = self.server.pages.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        try:
            self.wfile.write(body or b"")
        except BrokenPipeError:
            pass  # a worker that was ended


def serve(handler, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context:
        # The handshake in the connection's own thread: a client that stalls holds up nobody.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def wheel_bytes(name, version, files, entry_points="", requires=()):
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    members = {**files, f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {one}\n" for one in requires),
               f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    if entry_points:
        members[f"{info}/entry_points.txt"] = entry_points
    record = ""
    for path, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    members[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


class Index:
    def __init__(self):
        self.server = serve(IndexHandler)
        self.server.pages, self.server.requests = {}, []
        self.server.slow_asked, self.server.slow_released = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"
        self.hashes = {}

    def add(self, package, file_name, content, said=None):
        digest = said or hashlib.sha256(content).hexdigest()
        page = f'<a href="/files/{file_name}#sha256={digest}">{file_name}</a>'
        path = f"/simple/{package}/"
        self.server.pages[path] = self.server.pages.get(path, b"") + page.encode()
        self.server.pages[f"/files/{file_name}"] = content
        self.hashes[package] = digest


BASE_FILES = {
    "usr/lib/os-release": "ID=debian\n", "etc/os-release": ("../usr/lib/os-release",),
    "usr/bin/python3.11": "", "usr/bin/python3": ("python3.11",), "bin": ("usr/bin",),
    "usr/lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n",
    "usr/local/lib/python3.11/dist-packages/numpy-1.24.3.dist-info/METADATA": "Name: numpy\nVersion: 1.24.3\n",
    "usr/local/lib/python3.11/dist-packages/tensorflow-2.13.0.dist-info/METADATA":
        "Name: tensorflow\nVersion: 2.13.0\nRequires-Dist: numpy<=1.24.3\n"}


def image_documents(files):
    """Layer, configuration and manifest of an image with the files; a value that is a tuple is a symlink."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for path, content in files.items():
            item = tarfile.TarInfo(path)
            if isinstance(content, tuple):
                item.type, item.linkname = tarfile.SYMTYPE, content[0]
                archive.addfile(item)
            else:
                content = content if isinstance(content, bytes) else content.encode()
                item.size, item.mode = len(content), 0o755
                archive.addfile(item, io.BytesIO(content))
    layer = gzip.compress(tar.getvalue(), 1, mtime=0)
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/usr/bin"], "Cmd": ["sh"]},
                         "rootfs": {"type": "layers",
                                    "diff_ids": ["sha256:" + hashlib.sha256(tar.getvalue()).hexdigest()]}}).encode()
    kind = "application/vnd.oci.image"

    def descriptor(name, content):
        return {"mediaType": f"{kind}.{name}", "size": len(content),
                "digest": "sha256:" + hashlib.sha256(content).hexdigest()}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json",
                           "config": descriptor("config.v1+json", config),
                           "layers": [descriptor("layer.v1.tar+gzip", layer)]}).encode()
    return layer, config, manifest


class Registry:
    """docker-registry, or a later release of it; its access log tells which requests came."""

    def __init__(self, folder, program="docker-registry", auth=None):
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.log_path = f"{folder}/registry.log"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/htpasswd", "w") as out:
            for user in ("push", "pull"):
                out.write(run("htpasswd", "-Bbn", user, f"{SECRET}-{user}") + "\n")
        config = {"version": 0.1, "log": {"accesslog": {"disabled": False}, "level": "error"},
                  "storage": {"filesystem": {"rootdirectory": f"{folder}/registry"}},
                  "http": {"addr": self.host},
                  "auth": auth or {"htpasswd": {"realm": "test", "path": f"{folder}/htpasswd"}}}
        with open(f"{folder}/registry.yaml", "w") as out:
            json.dump(config, out)
        self.process = subprocess.Popen([program, "serve", f"{folder}/registry.yaml"],
                                        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
                                        stdout=open(self.log_path, "w"), stderr=subprocess.STDOUT)
        wait_for(lambda: listens(self.port), program)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def methods_since(self, offset):
        with open(self.log_path) as log:
            log.seek(offset)
            return [line.split('"')[1].split()[0] for line in log if '"' in line and "HTTP/1.1" in line]

    def log_size(self):
        return os.path.getsize(self.log_path)

    def call(self, method, path, body=None, content_type="application/octet-stream"):
        url = path if path.startswith("http") else f"http://{self.host}{path}"
        request = urllib.request.Request(url, data=body, method=method)
        login = base64.b64encode(f"push:{SECRET}-push".encode()).decode()
        request.add_header("Authorization", "Basic " + login)
        request.add_header("Content-Type", content_type)
        kind = "application/vnd.oci.image"  # docker-registry says 404 to whoever does not name it
        request.add_header("Accept", f"{kind}.manifest.v1+json, {kind}.index.v1+json, */*")
        return urllib.request.urlopen(request)

    def push_blob(self, repository, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        location = self.call("POST", f"/v2/{repository}/blobs/uploads/", b"").headers["Location"]
        self.call("PUT", f"{location}&digest={digest}", content)
        return {"digest": digest, "size": len(content)}

    def push_image(self, repository, files):
        layer, config, manifest = image_documents(files)
        self.push_blob(repository, layer)
        self.push_blob(repository, config)
        self.call("PUT", f"/v2/{repository}/manifests/one", manifest, json.loads(manifest)["mediaType"])
        return f"{self.host}/{repository}@sha256:{hashlib.sha256(manifest).hexdigest()}"


class Project:
    """A git repository with a history, served over TLS."""

    def __init__(self, folder, certificates):
        self.work, self.served, self.first = f"{folder}/work", f"{folder}/served", ""
        os.makedirs(self.served)
        run("git", "init", "-q", "-b", "main", self.work)
        run("git", "init", "-q", "--bare", f"{self.served}/demo.git")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        self.server = serve(GitHandler, context)
        self.server.root = self.served
        self.url = f"https://127.0.0.1:{self.server.server_port}/demo.git"

    def git(self, *arguments):
        return run("git", "-c", "user.name=A. Thor", "-c", "user.email=a@example.com", *arguments, cwd=self.work,
                   GIT_AUTHOR_DATE="2020-01-02T03:04:05Z", GIT_COMMITTER_DATE="2020-01-02T03:04:05Z")

    def commit(self, files, *arguments):
        """On top of the first commit, whatever other tests made."""
        if self.first:
            self.git("reset", "-q", "--hard", self.first)
        for path, text in files.items():
            os.makedirs(os.path.dirname(f"{self.work}/{path}"), exist_ok=True)
            with open(f"{self.work}/{path}", "w") as out:
                out.write(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change", *arguments)
        self.push()
        self.first = self.first or self.git("rev-parse", "HEAD")
        return self.git("rev-parse", "HEAD")

    def push(self):
        self.git("push", "-q", "--force", "--tags", f"{self.served}/demo.git", "HEAD:main")


class SshServer:
    """sshd for one key that may do nothing but read repositories below a folder."""
    program = "/usr/sbin/sshd"

    def __init__(self, folder, served):
        self.port, self.folder, self.process = free_port(), f"{folder}/ssh", None
        os.makedirs(self.folder, mode=0o700)
        for name in ("host", "other_host", "reader", "stranger"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", f"{self.folder}/{name}")
        self.login = pwd.getpwuid(os.getuid()).pw_name
        self.url = f"ssh://{self.login}@127.0.0.1:{self.port}{served}/demo.git"
        with open(f"{self.folder}/authorized_keys", "w") as out:
            command = 'command="git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"",restrict '
            out.write(command + open(f"{self.folder}/reader.pub").read())
        self.begin("host")

    def begin(self, host_key):
        configuration = f"""
ListenAddress 127.0.0.1:{self.port}
HostKey {self.folder}/{host_key}
AuthorizedKeysFile {self.folder}/authorized_keys
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
AcceptEnv GIT_PROTOCOL
"""
        with open(f"{self.folder}/sshd_config", "w") as out:
            out.write(configuration)
        os.makedirs("/run/sshd", exist_ok=True)  # sshd asks for it when it is root
        self.process = subprocess.Popen([self.program, "-D", "-e", "-f", f"{self.folder}/sshd_config"],
                                        stderr=open(f"{self.folder}/log", "a"))
        wait_for(lambda: listens(self.port), "sshd")

    def key(self, name):
        return open(f"{self.folder}/{name}").read()

    def known_hosts(self, name="host"):
        return f"[127.0.0.1]:{self.port} {self.key(name + '.pub')}"

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Worker:
    def __init__(self, program, folder, **variables):
        self.socket, self.scratch = f"{folder}/worker.sock", f"{folder}/scratch"
        self.log_path = f"{folder}/worker.log"
        self.process = subprocess.Popen(
            [program, "--socket", self.socket, "--scratch", self.scratch, "--cache", f"{folder}/cache"],
            env={"PATH": os.environ["PATH"], **variables}, stderr=open(self.log_path, "w"))
        wait_for(self.listens, "the worker's socket")

    def listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def stop(self):
        self.process.terminate()
        return self.process.wait(20)

    def children(self):
        """The folders in /proc of the processes that do work now."""
        listing = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [pathlib.Path("/proc", pid) for one in listing for pid in one.read_text().split()]

    def seccomp_filters(self):
        """How many lie on the worker itself, from where the tests run."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("Seccomp_filters:")[2].split()[0])

    def connect(self, kind, given, deadline=300, allowed=("127.0.0.1/32",)):
        client = socket.socket(socket.AF_UNIX)
        client.connect(self.socket)
        request = {"kind": kind, "id": "test", "deadlineSeconds": deadline,
                   "egress": {"allowedNetworks": list(allowed), "refusedNetworks": []}, "input": given}
        client.sendall(json.dumps(request).encode() + b"\n")
        return client

    def ask(self, kind, given, **options):
        """The outcome, or the failure under "failure"."""
        with self.connect(kind, given, **options) as client, client.makefile() as lines:
            for line in lines:
                answer = json.loads(line)
                if "outcome" in answer:
                    return answer["outcome"]
                if "failure" in answer:
                    return answer
        raise AssertionError("the worker closed without an answer")


class Folder:
    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="pedigree-worker-")

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
