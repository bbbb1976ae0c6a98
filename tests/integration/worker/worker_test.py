"""pedigree-worker from the operator's side: what it answers, what it leaves in the registry.

Oracles are git, skopeo and umoci. PEDIGREE_WORKER names the program.
"""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import unittest

import parts
from parts import SECRET, run, wait_for

class WorkerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = parts.Folder()
        path = cls.folder.path
        cls.certificates = parts.Certificates(path)
        cls.registry = parts.Registry(path)
        cls.index = parts.Index()
        cls.project = parts.Project(path, cls.certificates)
        cls.worker = parts.Worker(os.environ["PEDIGREE_WORKER"], path)
        cls.base = cls.registry.push_image("base/python", parts.BASE_FILES)
        cls.index.add("demo", "demo-1.0-py3-none-any.whl",
                      parts.wheel_bytes("demo", "1.0", {"demo/__init__.py": "x = 1\n" * 500},
                                        "[console_scripts]\ndemo = demo:main\n"))
        cls.index.add("old", "old-1.0.tar.gz", b"sdist")
        cls.index.add("forged", "forged-1.0-py3-none-any.whl", b"not what was locked", said="1" * 64)
        cls.index.add("slow", "slow-1.0-py3-none-any.whl", b"late")
        cls.commit = cls.project.commit({
            "train.py": "print('one')\n", "pkg/data.txt": "d\n",
            "requirements.lock": cls.locked("demo==1.0", "numpy==1.24.3")})
        cls.project.git("tag", "-a", "-m", "words", "v1")
        cls.project.push()

    @classmethod
    def tearDownClass(cls):
        cls.worker.stop()
        cls.registry.stop()
        cls.folder.remove()

    @classmethod
    def locked(cls, *pins):
        lines = []
        for pin in pins:
            digest = cls.index.hashes.get(pin.partition("==")[0], "0" * 64)
            lines.append(f"{pin} --hash=sha256:{digest}\n")
        return "".join(lines)

    def git(self, **changes):
        return {"url": self.project.url, "caPem": self.certificates.ca_pem, "subdirectory": ".",
                "credential": {"username": "reader", "password": f"{SECRET}-git"}, **changes}

    def resolve(self, lock="requirements.lock", allowed=("127.0.0.1/32",), **changes):
        return self.worker.ask("ResolveSource", {"git": self.git(**changes), "lockFile": lock}, allowed=allowed)

    def input(self, commit, repository="built/demo", **changes):
        login = base64.b64encode(f"pull:{SECRET}-pull".encode()).decode()
        return {"git": self.git(commit=commit), "lockFile": "requirements.lock", "base": self.base,
                "pullConfig": json.dumps({"auths": {self.registry.host: {"auth": login}}}),
                "plainHttpHosts": [self.registry.host], "indexUrl": self.index.url,
                "push": {"host": self.registry.host, "repository": repository, "plainHttp": True,
                         "credential": {"username": "push", "password": f"{SECRET}-push"}}, **changes}

    def build(self, commit, **changes):
        return self.worker.ask("BuildImage", self.input(commit, **changes))

    def again(self, outcome):
        return {"knownLayers": outcome["layers"], "baseInventory": outcome["baseInventory"]}

    def reason(self, answer):
        self.assertIn("failure", answer, answer)
        return answer["failure"]["reason"]

    # Resolving

    def test_refs_tags_and_commits_become_what_git_says(self):
        tree = self.project.git("rev-parse", f"{self.commit}^{{tree}}")
        for asked in ({"ref": "v1"}, {"ref": "refs/tags/v1"}, {"commit": self.commit}):
            outcome = self.resolve(**asked)
            self.assertEqual((outcome["commit"], outcome["tree"]), (self.commit, tree), asked)
            self.assertEqual(outcome["author"], "A. Thor <a@example.com>")
            self.assertEqual(outcome["committedAt"], "2020-01-02T03:04:05.000000Z")
            self.assertIn("sha256:" + self.index.hashes["demo"], outcome["wheelDigests"])
        below = self.resolve(ref="v1", subdirectory="pkg", lock="")
        self.assertEqual(below["tree"], self.project.git("rev-parse", f"{self.commit}:pkg"))

    def test_files_whose_bytes_lie_elsewhere_are_named(self):
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "1" * 64 + "\nsize 9\n"
        commit = self.project.commit({f"weights/{i:02}.h5": pointer for i in range(23)})
        missing = self.resolve(commit=commit)["missing"]
        self.assertEqual((len(missing), missing[-1]), (21, "3 more files are Git LFS pointers"))
        self.assertIn("weights/00.h5 is a Git LFS pointer", missing[0])

    def test_a_commit_that_a_force_push_left_behind_says_so(self):
        left = self.project.commit({"left.py": "x = 1\n"})
        self.project.commit({"kept.py": "x = 2\n"})
        run("git", "--git-dir", f"{self.project.served}/demo.git", "reflog", "expire", "--expire=now", "--all")
        run("git", "--git-dir", f"{self.project.served}/demo.git", "gc", "--quiet", "--prune=now")
        answer = self.resolve(commit=left)
        self.assertEqual(self.reason(answer), "CommitNotFound")
        self.assertIn("force-pushed", answer["failure"]["message"])

    def test_sources_that_cannot_be_had_say_why(self):
        self.assertEqual(self.reason(self.resolve(ref="nope")), "RefNotFound")
        self.assertEqual(self.reason(self.resolve(commit="12" * 20)), "CommitNotFound")
        self.assertEqual(self.reason(self.resolve(commit="0" * 40)), "RefInvalid")
        self.assertEqual(self.reason(self.resolve(ref="--upload-pack=x")), "RefInvalid")
        self.assertEqual(self.reason(self.resolve(ref="v1", lock="no.lock")), "FileNotFound")
        self.assertEqual(self.reason(self.resolve(ref="v1", subdirectory="no")), "SubdirectoryNotFound")
        self.assertEqual(self.reason(self.resolve(ref="v1", credential={"username": "reader", "password": "x"})),
                         "AuthenticationFailed")
        self.assertEqual(self.reason(self.resolve(ref="v1", credential=None)), "AuthenticationFailed")
        self.assertEqual(self.reason(self.resolve(ref="v1", caPem="")), "CertificateNotTrusted")
        self.assertEqual(self.reason(self.resolve(ref="v1", url=self.project.url.replace("demo", "nope"))),
                         "RepositoryNotFound")
        self.assertEqual(self.reason(self.resolve(ref="v1", url=self.project.url.replace("/demo", "/moved/demo"))),
                         "RedirectRefused")
        self.assertEqual(self.reason(self.resolve(ref="v1", url=self.project.url.replace("https", "http"))),
                         "TransportRefused")
        self.assertEqual(self.reason(self.resolve(ref="v1", allowed=())), "AddressRefused")

    # Building

    def unpacked(self, image):
        folder = f"{self.folder.path}/unpacked-{image[-12:]}"
        run("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false",
            "--src-creds", f"pull:{SECRET}-pull", f"docker://{image}", f"oci:{folder}-oci:one")
        run("umoci", "raw", "unpack", "--image", f"{folder}-oci:one", folder)
        return folder

    def test_an_image_holds_base_wheels_scripts_and_code(self):
        outcome = self.build(self.commit)
        self.assertNotIn("failure", outcome)
        digest = run("skopeo", "inspect", "--tls-verify=false", "--creds", f"pull:{SECRET}-pull",
                     "--format", "{{.Digest}}", f"docker://{outcome['image']}")
        self.assertEqual(digest, outcome["imageDigest"])
        self.assertEqual(json.loads(run("skopeo", "inspect", "--raw", "--tls-verify=false", "--creds",
                                        f"pull:{SECRET}-pull", f"docker://{outcome['image']}"))
                         ["config"]["digest"], outcome["configDigest"])
        root = self.unpacked(outcome["image"])
        site = f"{root}/usr/local/lib/python3.11/dist-packages"
        self.assertEqual(open(f"{site}/demo/__init__.py").read(), "x = 1\n" * 500)
        self.assertEqual(open(f"{site}/demo-1.0.dist-info/INSTALLER").read(), "pedigree\n")
        self.assertIn("from demo import main", open(f"{root}/usr/local/bin/demo").read())
        self.assertEqual(open(f"{root}/opt/pedigree/code/train.py").read(), "print('one')\n")
        self.assertTrue(os.path.islink(f"{root}/bin"))
        self.assertEqual([wheel["name"] for wheel in outcome["wheels"]], ["demo"])  # numpy is the base's

    def test_the_same_inputs_cost_looks_alone(self):
        first = self.build(self.commit)
        offset, asked = self.registry.log_size(), len(self.index.server.requests)
        second = self.build(self.commit, **self.again(first))
        self.assertEqual(second["image"], first["image"])
        self.assertTrue(second["alreadyThere"])
        self.assertEqual(len(self.index.server.requests), asked)
        wait_for(lambda: self.registry.methods_since(offset), "the registry's log")
        self.assertLessEqual(set(self.registry.methods_since(offset)), {"HEAD", "GET"})
        forgetful = self.build(self.commit, repository="built/other")
        self.assertEqual(forgetful["imageDigest"], first["imageDigest"])

    def test_a_tree_has_one_image_and_a_change_one_new_layer(self):
        first = self.build(self.commit)
        same = self.project.commit({}, "--allow-empty")
        self.assertEqual(self.build(same, **self.again(first))["imageDigest"], first["imageDigest"])
        changed = self.project.commit({"train.py": "print('two')\n"})
        second = self.build(changed, **self.again(first))
        self.assertNotEqual(second["imageDigest"], first["imageDigest"])
        new = set(second["layers"]) - set(first["layers"])
        self.assertEqual([key.split(":")[0] for key in new], ["code"])
        self.assertLess(second["uploadedBytes"], 20_000)

    def test_sbom_and_provenance_stand_beside_the_image(self):
        outcome = self.build(self.commit, repository="built/attested")
        tag = outcome["imageDigest"].replace(":", "-")  # docker-registry has no Referrers API
        index = json.load(self.registry.call("GET", f"/v2/built/attested/manifests/{tag}"))
        self.assertEqual([entry["digest"] for entry in index["manifests"]],
                         [outcome["sbom"], outcome["provenance"]])
        sbom, provenance = (self.document("built/attested", digest, outcome["imageDigest"])
                            for digest in (outcome["sbom"], outcome["provenance"]))
        self.assertEqual([one["name"] for one in sbom["components"][0]["components"]], ["numpy", "tensorflow"])
        self.assertEqual(sbom["components"][1]["hashes"][0]["content"], self.index.hashes["demo"])
        parameters = provenance["predicate"]["buildDefinition"]["externalParameters"]
        self.assertEqual(parameters["source"]["digest"]["gitCommit"], self.commit)
        self.assertEqual(parameters["source"]["uri"], "git+" + self.project.url)
        self.assertNotIn(SECRET, json.dumps([sbom, provenance]))
        again = self.build(self.commit, repository="built/attested", **self.again(outcome))
        self.assertEqual((again["sbom"], again["provenance"], again["uploadedBytes"]),
                         (outcome["sbom"], outcome["provenance"], 0))

    def document(self, repository, digest, subject):
        """What the artifact manifest holds, once it is shown to be about the image."""
        manifest = json.load(self.registry.call("GET", f"/v2/{repository}/manifests/{digest}"))
        self.assertEqual(manifest["subject"]["digest"], subject)
        return json.load(self.registry.call("GET", f"/v2/{repository}/blobs/{manifest['layers'][0]['digest']}"))

    def test_builds_that_cannot_be_say_why(self):
        cases = {"LockConflict": self.locked("numpy==1.26.4"), "WheelHashMismatch": self.locked("forged==1.0"), "PackageNotFound": self.locked("absent==1.0"),
                 "LockInvalid": "demo==1.0\n"}
        for expected, lock in cases.items():
            commit = self.project.commit({"requirements.lock": lock})
            answer = self.build(commit)
            self.assertEqual(self.reason(answer), expected)
            self.assertEqual(answer["failure"]["class"], "Configuration")
        self.assertEqual(self.reason(self.build(self.commit, base=self.base[:-4] + "0000")), "ImageNotFound")
        self.assertEqual(self.reason(self.build(self.commit, pullConfig='{"auths":{}}')), "AuthenticationFailed")
        wrong = self.input(self.commit)
        wrong["push"]["credential"]["password"] = "x"
        self.assertEqual(self.reason(self.worker.ask("BuildImage", wrong)), "AuthenticationFailed")
        self.assertEqual(self.reason(self.build(self.commit, tree="1" * 40)), "SourceChanged")

    def test_a_source_distribution_asks_for_its_wheel_and_takes_it(self):
        commit = self.project.commit({"requirements.lock": self.locked("old==1.0")})
        asked = self.build(commit)
        digest = f"sha256:{self.index.hashes['old']}"
        self.assertEqual([(each["name"], each["fileName"], each["digest"]) for each in asked["unbuilt"]],
                         [("old", "old-1.0.tar.gz", digest)])
        self.assertEqual((asked["image"], asked["wheels"]), ("", []))

        def given(name, version, file_name="old-1.0-py3-none-any.whl"):
            wheel = parts.wheel_bytes(name, version, {f"{name}/__init__.py": "y = 2\n"})
            return {digest: {"fileName": file_name, "content": base64.b64encode(wheel).decode(), "bytes": len(wheel),
                             "digest": "sha256:" + hashlib.sha256(wheel).hexdigest()}}
        outcome = self.build(commit, derivedWheels=given("old", "1.0"))
        self.assertEqual(outcome["wheels"][0]["builtFrom"], digest)
        site = f"{self.unpacked(outcome['image'])}/usr/local/lib/python3.11/dist-packages"
        self.assertEqual(open(f"{site}/old/__init__.py").read(), "y = 2\n")

        # Kept in the repository: a worker that never saw it makes the same image.
        folder = parts.Folder()
        worker = parts.Worker(os.environ["PEDIGREE_WORKER"], folder.path)
        self.addCleanup(folder.remove)
        self.addCleanup(worker.stop)
        kept = self.input(commit, derivedWheels=outcome["derivedWheels"])
        self.assertEqual(worker.ask("BuildImage", kept)["imageDigest"], outcome["imageDigest"])

        # What the pod printed is hostile.
        for wrong in (given("other", "1.0"), given("old", "2.0", "old-2.0-py3-none-any.whl"),
                      given("old", "1.0", "../old-1.0-py3-none-any.whl")):
            self.assertEqual(self.reason(self.build(commit, derivedWheels=wrong)), "WheelRefused")

    def test_cached_wheels_are_hashed_when_they_become_layers_and_only_then(self):
        folder = parts.Folder()
        worker = parts.Worker(os.environ["PEDIGREE_WORKER"], folder.path)
        self.addCleanup(folder.remove)
        self.addCleanup(worker.stop)
        first = worker.ask("BuildImage", self.input(self.commit, repository="built/cached"))
        [wheel] = pathlib.Path(folder.path, "cache").glob("*/wheels/*/*.whl")
        content = bytearray(wheel.read_bytes())
        content[50] ^= 1  # packed bytes of the first member, of which the tables say nothing
        wheel.write_bytes(content)
        changed = self.project.commit({"train.py": "print('three')\n"})
        code_alone = self.input(changed, repository="built/cached", **self.again(first))
        self.assertIn("imageDigest", worker.ask("BuildImage", code_alone))
        anew = self.input(changed, repository="built/anew")
        self.assertEqual(self.reason(worker.ask("BuildImage", anew)), "WheelCacheCorrupt")

    def test_prebuilt_gets_the_code_and_as_is_nothing(self):
        outcome = self.build(self.commit, base="", prebuilt=self.base)
        self.assertNotIn("failure", outcome)
        self.assertEqual([key.split(":")[0] for key in outcome["layers"]], ["code"])
        as_is = self.build(self.commit, base="", prebuilt=self.base, asIs=True)
        self.assertEqual(as_is["image"], self.base)
        self.assertEqual(as_is["layers"], {})
        missing = self.build(self.commit, base="", prebuilt=self.base[:-4] + "0000", asIs=True)
        self.assertEqual(self.reason(missing), "ImageNotFound")

    # The processes

    def test_a_client_that_leaves_ends_the_work(self):
        commit = self.project.commit({"requirements.lock": self.locked("slow==1.0")})
        client = self.worker.connect("BuildImage", self.input(commit))
        self.assertTrue(self.index.server.slow_asked.wait(60))
        self.assertEqual(len(os.listdir(self.worker.scratch)), 1)
        client.close()
        wait_for(lambda: not os.listdir(self.worker.scratch), "the end of abandoned work")
        self.index.server.slow_released.set()

    def test_a_child_that_reads_hostile_bytes_is_confined(self):
        self.index.server.slow_released.clear()
        commit = self.project.commit({"requirements.lock": self.locked("slow==1.0")})
        with self.worker.connect("BuildImage", self.input(commit)):
            self.assertTrue(self.index.server.slow_asked.wait(60))
            [child] = self.worker.children()
            status = dict(line.split(":\t", 1) for line in child.joinpath("status").read_text().splitlines())
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"].strip()), ("1", "2"))
            # one for what it never needs, one since git is done
            self.assertEqual(int(status["Seccomp_filters"]), self.worker.seccomp_filters() + 2)
            variables = child.joinpath("environ").read_text().split("\0")[:-1]
            self.assertEqual({line.partition("=")[0] for line in variables}, {"HOME", "LC_ALL", "PATH", "TMPDIR"})
            targets = [os.readlink(one) for one in child.joinpath("fd").iterdir()]
            self.assertFalse([one for one in targets if one.endswith(".sock") or "eventfd" in one], targets)
        self.index.server.slow_released.set()
        self.index.server.slow_asked.clear()

    def test_requests_that_are_none_are_answered(self):
        for line in (b"{}\n", b"no json\n", b'{"kind":"Evil","id":"x"}\n'):
            with self.subTest(line=line):
                client = parts.socket.socket(parts.socket.AF_UNIX)
                client.connect(self.worker.socket)
                client.sendall(line)
                self.assertIn("failure", json.loads(client.makefile().readline()))
                client.close()

    def test_a_killed_build_is_finished_by_the_next(self):
        whole = self.build(self.commit, repository="killed/whole")
        for point in ("worker.blob", "worker.manifest"):
            folder = parts.Folder()
            worker = parts.Worker(os.environ["PEDIGREE_WORKER"], folder.path, PEDIGREE_FAILPOINT=point,
                                  PEDIGREE_FAILPOINT_ONCE=f"{folder.path}/cache/killed")
            self.addCleanup(folder.remove)
            self.addCleanup(worker.stop)
            given = self.input(self.commit, repository=f"killed/{point}")
            first = worker.ask("BuildImage", given)
            self.assertEqual(self.reason(first), "WorkerInterrupted")
            self.assertEqual(first["failure"]["class"], "Infrastructure")
            self.assertEqual(worker.ask("BuildImage", given)["imageDigest"], whole["imageDigest"])
            wait_for(lambda: not os.listdir(worker.scratch), "the scratch folders' end")

    def test_no_secret_is_logged(self):
        self.resolve(ref="v1", credential={"username": "reader", "password": f"{SECRET}-wrong"})
        self.build(self.commit)
        self.assertNotIn(SECRET, open(self.worker.log_path).read())


if __name__ == "__main__":
    unittest.main()
