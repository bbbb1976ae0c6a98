"""Those who read images beside us: each takes an image out of the registry and gives the tree that it makes of
it, or raises Refused. A tree is path -> (kind, mode, digest of the bytes or the symlink's target)."""
import gzip
import hashlib
import json
import os
import pathlib
import stat
import subprocess
import sys
import tarfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(os.environ["PEDIGREE_SOURCE_DIR"]) / "tests/integration/worker"))
import parts  # noqa: E402

CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))


class Refused(Exception):
    pass


def run(*argv, **variables):
    done = subprocess.run([str(one) for one in argv], capture_output=True, text=True, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables})
    if done.returncode != 0:
        raise Refused(f"{argv[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout


def tree_of_folder(top):
    tree = {}
    for folder, folders, names in os.walk(top):
        for path in (os.path.join(folder, name) for name in (*folders, *names)):
            facts, name = os.lstat(path), os.path.relpath(path, top)
            if stat.S_ISLNK(facts.st_mode):
                tree[name] = ("symlink", 0o777, os.readlink(path))
            elif stat.S_ISDIR(facts.st_mode):
                tree[name] = ("folder", stat.S_IMODE(facts.st_mode), "")
            else:
                with open(path, "rb") as file:
                    tree[name] = ("file", stat.S_IMODE(facts.st_mode), hashlib.file_digest(file, "sha256").hexdigest())
    return tree


def add_tar(tree, archive):
    """Of one layer over the others; ours hold no whiteouts."""
    for item in archive:
        if item.issym():
            tree[item.name] = ("symlink", 0o777, item.linkname)
        elif item.isdir():
            tree[item.name.rstrip("/")] = ("folder", item.mode, "")
        else:
            data = archive.extractfile(item)
            tree[item.name] = ("file", item.mode, hashlib.file_digest(data, "sha256").hexdigest())


def with_parents(tree):
    """Folders that no layer names come to be as their files are written."""
    made = {str(parent) for path in tree for parent in pathlib.PurePath(path).parents} - {".", *tree}
    return {**tree, **{path: ("folder", 0o755, "") for path in made}}


def layers_of(registry, repository, digest):
    """Python's gzip and tarfile over the layers, one on top of the other. tarfile's own "r|gz" would end with
    the first gzip member, of which our layers have many."""
    manifest = json.load(registry.call("GET", f"/v2/{repository}/manifests/{digest}"))
    tree = {}
    for layer in manifest["layers"]:
        with registry.call("GET", f"/v2/{repository}/blobs/{layer['digest']}") as blob, \
                tarfile.open(fileobj=gzip.GzipFile(fileobj=blob), mode="r|") as archive:
            add_tar(tree, archive)
    return with_parents(tree)


class Readers:
    """With the registry's login; folders of their own below `folder`."""

    def __init__(self, folder, registry):
        self.folder, self.registry, self.count = pathlib.Path(folder), registry, 0
        self.login = f"pull:{parts.SECRET}-pull"
        self.containerd = None

    def place(self):
        self.count += 1
        return self.folder / f"read-{self.count}"

    def skopeo(self, image, form):
        """A copy in the form "oci" or "dir"; skopeo compares digests as it copies."""
        place = self.place()
        run("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "--src-creds", self.login,
            f"docker://{image}", f"{form}:{place}{':one' if form == 'oci' else ''}")
        return place

    def umoci(self, image):
        layout, place = self.skopeo(image, "oci"), self.place()
        run("umoci", "raw", "unpack", "--image", f"{layout}:one", place)
        return tree_of_folder(place)

    def crane(self, *arguments):
        """go-containerregistry: Go's compress/gzip and archive/tar."""
        place = self.folder / "docker"
        place.mkdir(exist_ok=True)
        auth = parts.base64.b64encode(self.login.encode()).decode()
        (place / "config.json").write_text(json.dumps({"auths": {self.registry.host: {"auth": auth}}}))
        return run(CACHE / "bin/crane", *arguments, "--insecure", DOCKER_CONFIG=str(place))

    def crane_export(self, image):
        place, tree = self.place(), {}
        self.crane("export", image, place)
        with tarfile.open(place) as archive:
            add_tar(tree, archive)
        return with_parents(tree)

    def ctr(self, *arguments):
        return run("ctr", "--address", self.folder / "containerd.sock", "--namespace", "oracle", *arguments)

    def start_containerd(self):
        """One of our own, with neither network nor CRI; its folders go with the test's."""
        configuration = self.folder / "containerd.toml"
        configuration.write_text(f"""
version = 2
root = "{self.folder}/containerd"
state = "{self.folder}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "{self.folder}/containerd.sock"
""")
        self.containerd = subprocess.Popen(["containerd", "--config", configuration], stderr=subprocess.DEVNULL)
        parts.wait_for(self.answers, "containerd")

    def answers(self):
        try:
            return self.ctr("version")
        except Refused:
            return False

    def containerd_unpacks(self, image):
        place = self.place()
        place.mkdir()
        self.ctr("images", "pull", "--plain-http", "--user", self.login, image)
        self.ctr("images", "mount", image, place)
        try:
            return tree_of_folder(place)
        finally:
            self.ctr("images", "unmount", place)

    def stop(self):
        if self.containerd:
            self.containerd.terminate()
            self.containerd.wait()
