"""The registries that the client is tested against, each on a port of its own on loopback.

docker-registry is Debian's; `distribution`, `referrers_registry` and crane are made of dev/go/registry.
"""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import time
import unittest
import urllib.parse
import urllib.request
import uuid

import parts
from parts import SECRET, listens, run, wait_for

CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))
MAY = {"push": {"pull", "push", "delete"}, "pull": {"pull"}, "": set()}
PASSWORDS = {user: f"{SECRET}-{user}" for user in ("push", "pull")}
IDENTITY = f"{SECRET}-identity"  # a token in place of the password of `push`


def program(name):
    found = shutil.which(name) or CACHE / "bin" / name
    if not os.access(found, os.X_OK):
        raise unittest.SkipTest(f"{name} is not here; dev/quickstart --only packages,binaries makes it")
    return str(found)


def base64url(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class TokenHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        user, _, password = base64.b64decode((self.headers["Authorization"] or "Basic ")[6:]).decode().partition(":")
        self.grant(urllib.parse.urlsplit(self.path).query, user, PASSWORDS.get(user) == password)

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(urllib.parse.parse_qsl(form))
        known = fields.get("grant_type") == "refresh_token" and fields.get("refresh_token") == IDENTITY
        self.grant(form, "push", known)

    def grant(self, form, user, known):
        asked = [scope for name, value in urllib.parse.parse_qsl(form) if name == "scope" for scope in value.split()]
        self.server.owner.asked.append((self.command, user, asked))
        answer = self.server.owner.token(user, asked) if known else {}
        body = json.dumps(answer).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class TokenServer:
    """Hands out signed tokens, as the Docker Registry v2 token specification has it.

    `lifetime` is in seconds; registries let a token live 60 s longer than it says, which is made up for.
    The next `withheld` tokens allow to pull alone, whatever was asked.
    """
    service = "the registries"

    def __init__(self, folder):
        self.key, self.certificate = f"{folder}/token.key", f"{folder}/token.crt"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tokens",
            "-keyout", self.key, "-out", self.certificate)
        self.der = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"],
                                  check=True, capture_output=True).stdout
        self.lifetime, self.withheld, self.asked = 300, 0, []
        self.server = parts.serve(TokenHandler)
        self.server.owner = self
        self.realm = f"http://localhost:{self.server.server_port}/token"

    def token(self, user, scopes):
        may = MAY[user]
        if self.withheld:
            may, self.withheld = may & {"pull"}, self.withheld - 1
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            access.append({"type": kind, "name": name, "actions": sorted(may & set(actions.split(",")))})
        now = int(time.time())
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(self.der).decode()]}
        claims = {"iss": "tests", "sub": user, "aud": self.service, "exp": now - 60 + self.lifetime, "nbf": now - 300,
                  "iat": now - 300, "jti": uuid.uuid4().hex, "access": access}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(),
                                   check=True, capture_output=True).stdout
        return {"token": f"{signed}.{base64url(signature)}", "expires_in": self.lifetime}

    def configuration(self):
        return {"token": {"realm": self.realm, "service": self.service, "issuer": "tests",
                          "rootcertbundle": self.certificate}}


class TokenRegistry(parts.Registry):
    """Under a name: crane asks no realm at a private address for a token."""

    def __init__(self, folder, name, tokens):
        super().__init__(folder, program(name), tokens.configuration())
        self.host = f"localhost:{self.port}"


class ReferrersRegistry:
    """go-containerregistry's, in memory, open to everybody."""

    def __init__(self):
        argv = [program("referrers_registry")]
        self.port = parts.free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen([*argv, self.host], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(self.port), argv[0])

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Crane:
    """Another client: pushes bases, reads what a build left, validates it."""

    def __init__(self, folder, *registries):
        self.argv, self.folder = program("crane"), folder
        login = base64.b64encode(f"push:{PASSWORDS['push']}".encode()).decode()
        with open(f"{folder}/config.json", "w") as out:
            json.dump({"auths": {one.host: {"auth": login} for one in registries}}, out)

    def __call__(self, *arguments):
        return run(self.argv, *arguments, DOCKER_CONFIG=self.folder)

    def json(self, *arguments):
        return json.loads(self(*arguments))

    def push_layout(self, layout, name):
        """Gives the pinned name of what the OCI layout holds."""
        return self("push", layout, name).split("\n")[-1]


def layout_of(folder, documents):
    """An OCI image layout with one image, for `crane push`."""
    layer, config, manifest = documents
    os.makedirs(f"{folder}/blobs/sha256")
    for content in documents:
        pathlib.Path(folder, "blobs/sha256", hashlib.sha256(content).hexdigest()).write_bytes(content)
    entry = {"mediaType": json.loads(manifest)["mediaType"], "size": len(manifest),
             "digest": "sha256:" + hashlib.sha256(manifest).hexdigest()}
    pathlib.Path(folder, "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    pathlib.Path(folder, "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return folder
