"""Whole images that pedigree-worker pushes to a registry, as others read them: umoci, skopeo, containerd, and
go-containerregistry's crane, which has Go's gzip and tar. All make the tree that Python makes of the layers.

PEDIGREE_WORKER names the program; PEDIGREE_CACHE holds crane and the wheels.
"""
import gzip
import hashlib
import json
import os
import shutil
import tempfile
import unittest

import installed
import readers
from readers import CACHE, Refused, Readers, parts

BASE_FILES = {
    "usr/lib/os-release": "ID=debian\n", "etc/os-release": ("../usr/lib/os-release",),
    "usr/bin/python3.11": "", "usr/bin/python3": ("python3.11",), "bin": ("usr/bin",),
    "usr/lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n"}
CODE = {"train.py": "print(1)\n", "data/ä ö.txt": "names beyond ASCII\n", "empty": "", "long/" + "n" * 120: "x",
        "/".join(["deep"] * 40) + "/file": "y"}
ESTARGZ_READ = CACHE / "bin/estargz_read"
LOCK = installed.SOURCE / "dev/samples/mnist/stacks/wandb/requirements.lock"


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wheels, _ = installed.locked_wheels(LOCK)
        if not cls.wheels:
            raise unittest.SkipTest(f"no wheel of {LOCK} in {CACHE}: dev/quickstart --only wheels fetches them")
        folder = parts.Folder()
        cls.addClassCleanup(folder.remove)
        cls.certificates, cls.index = parts.Certificates(folder.path), parts.Index()
        cls.project = parts.Project(folder.path, cls.certificates)
        cls.registry = parts.Registry(folder.path)
        cls.addClassCleanup(cls.registry.stop)
        cls.worker = parts.Worker(os.environ["PEDIGREE_WORKER"], folder.path)
        cls.addClassCleanup(cls.worker.stop)
        cls.readers = Readers(folder.path, cls.registry)
        cls.addClassCleanup(cls.readers.stop)
        cls.digest = cls.push("oracle/image", cls.wheels)
        cls.image = f"{cls.registry.host}/oracle/image@{cls.digest}"
        cls.tree = readers.layers_of(cls.registry, "oracle/image", cls.digest)

    @classmethod
    def push(cls, repository, wheels, worker=None, **changes):
        """Builds an image of wheels and of code whose names are hard."""
        lines = []
        for wheel in wheels:
            name, version = wheel.name.split("-")[:2]
            package = name.lower().replace("_", "-").replace(".", "-")
            cls.index.add(package, wheel.name, wheel.read_bytes())
            lines.append(f"{package}=={version} --hash=sha256:{cls.index.hashes[package]}\n")
        commit = cls.project.commit({**CODE, "requirements.lock": "".join(lines)}, "--allow-empty")
        login = parts.base64.b64encode(f"pull:{parts.SECRET}-pull".encode()).decode()
        outcome = (worker or cls.worker).ask("BuildImage", {
            "git": {"url": cls.project.url, "caPem": cls.certificates.ca_pem, "subdirectory": ".", "commit": commit,
                    "credential": {"username": "reader", "password": f"{parts.SECRET}-git"}},
            "base": cls.registry.push_image("base/python", BASE_FILES), "lockFile": "requirements.lock",
            "pullConfig": json.dumps({"auths": {cls.registry.host: {"auth": login}}}),
            "plainHttpHosts": [cls.registry.host], "indexUrl": cls.index.url,
            "push": {"host": cls.registry.host, "repository": repository, "plainHttp": True,
                     "credential": {"username": "push", "password": f"{parts.SECRET}-push"}}, **changes})
        if "failure" in outcome:
            raise AssertionError(outcome)
        return outcome["imageDigest"]

    def push_changed(self, repository, change):
        """A small image with its code layer's bytes changed, and the digests of bytes made to fit again: what
        remains is for those to find who read the layer itself."""
        digest = self.push(repository, self.wheels[:1])
        manifest = json.load(self.registry.call("GET", f"/v2/{repository}/manifests/{digest}"))
        layer = manifest["layers"][-1]
        packed = self.registry.call("GET", f"/v2/{repository}/blobs/{layer['digest']}").read()
        layer.update(self.registry.push_blob(repository, change(packed)))
        body = json.dumps(manifest).encode()
        self.registry.call("PUT", f"/v2/{repository}/manifests/one", body, manifest["mediaType"])
        return f"{self.registry.host}/{repository}@sha256:{hashlib.sha256(body).hexdigest()}"

    def same(self, tree):
        self.assertEqual(sorted(set(tree) ^ set(self.tree)), [])
        self.assertEqual({path: (tree[path], self.tree[path]) for path in tree if tree[path] != self.tree[path]}, {})

    def containerd(self):
        if os.geteuid() != 0 or not shutil.which("containerd"):
            self.skipTest("containerd unpacks as root alone, and has to be installed")
        if not self.readers.containerd:
            self.readers.start_containerd()
        return self.readers.containerd_unpacks

    def crane(self):
        if not (CACHE / "bin/crane").exists():
            self.skipTest(f"no crane in {CACHE}/bin: dev/quickstart --only binaries builds it")
        return self.readers.crane

    def test_the_tree_is_base_wheels_and_code(self):
        self.assertGreater(len(self.tree), 5000)
        for path, text in CODE.items():
            kind, mode, digest = self.tree[f"opt/pedigree/code/{path}"]
            self.assertEqual((kind, mode, digest), ("file", 0o644, hashlib.sha256(text.encode()).hexdigest()), path)

    def test_umoci_unpacks_it(self):
        self.same(self.readers.umoci(self.image))

    def test_skopeo_copies_it(self):
        """With every blob, under the digest that it had."""
        manifest = json.load(self.registry.call("GET", f"/v2/oracle/image/manifests/{self.digest}"))
        wanted = {blob["digest"].partition(":")[2] for blob in (*manifest["layers"], manifest["config"])}
        copied = {file.name for file in self.readers.skopeo(self.image, "dir").iterdir()}
        self.assertLessEqual(wanted, copied)
        copied = {file.name for file in (self.readers.skopeo(self.image, "oci") / "blobs/sha256").iterdir()}
        self.assertEqual(copied, {*wanted, self.digest.partition(":")[2]})

    def test_containerd_unpacks_it(self):
        self.same(self.containerd()(self.image))

    def test_crane_finds_it_valid(self):
        self.crane()("validate", "--remote", self.image)

    def test_go_reads_its_layers(self):
        self.crane()
        self.same(self.readers.crane_export(self.image))

    def test_an_estargz_is_the_same_tree_and_the_manifest_names_its_tables(self):
        digest = self.push("oracle/estargz", self.wheels, layerForm="Estargz")
        tree = readers.layers_of(self.registry, "oracle/estargz", digest)
        more = {path: tree.pop(path) for path in ("stargz.index.json", ".no.prefetch.landmark")}
        self.same(tree)
        if not ESTARGZ_READ.exists():
            self.skipTest(f"no {ESTARGZ_READ}: dev/quickstart --only binaries builds it")
        manifest = json.load(self.registry.call("GET", f"/v2/oracle/estargz/manifests/{digest}"))
        base, *ours = manifest["layers"]
        self.assertNotIn("annotations", base)
        for layer in ours:
            with tempfile.NamedTemporaryFile() as file:
                file.write(self.registry.call("GET", f"/v2/oracle/estargz/blobs/{layer['digest']}").read())
                file.flush()
                table = layer["annotations"]["containerd.io/snapshot/stargz/toc.digest"]
                found = json.loads(readers.run(ESTARGZ_READ, file.name, table))
            self.assertLessEqual({path for path, entry in found.items() if entry[0] == "reg"}, {*tree, *more})

    def test_all_of_them_notice_a_broken_layer(self):
        """A byte of the last gzip member turned around: what stands there is not what its CRC says."""
        broken = self.push_changed("oracle/broken", lambda packed: packed[:-9] + bytes([packed[-9] ^ 1]) + packed[-8:])
        self.each_refuses(broken)

    def test_all_of_them_notice_another_tar(self):
        """A sound layer that is not the one whose digest the configuration has."""
        other = self.push_changed("oracle/other", lambda packed: gzip.compress(gzip.decompress(packed) + bytes(512)))
        self.each_refuses(other)

    def test_two_fresh_workers_make_one_digest(self):
        """Neither has anything of the other; the second knows no layer and lives elsewhere and otherwise."""
        wheels = self.wheels[:3]
        other = parts.Folder()
        self.addCleanup(other.remove)
        mask = os.umask(0o077)
        try:
            worker = parts.Worker(os.environ["PEDIGREE_WORKER"], other.path, TZ="Asia/Kathmandu", LC_ALL="C.UTF-8")
        finally:
            os.umask(mask)
        self.addCleanup(worker.stop)
        self.assertEqual(self.push("oracle/first", wheels), self.push("oracle/second", wheels, worker))

    def each_refuses(self, image):
        takers = {"umoci": self.readers.umoci, "containerd": self.containerd(),
                  "crane": lambda one: self.crane()("validate", "--remote", one)}
        for name, take in takers.items():
            with self.subTest(name), self.assertRaises(Refused):
                take(image)


if __name__ == "__main__":
    unittest.main()
