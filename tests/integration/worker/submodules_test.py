"""Submodules: pedigree-worker against a real git server, from the tree to the image."""
import base64
import json
import os
import shutil
import unittest

import parts
from parts import SECRET, run


class Served:
    """A repository beside the project's on its server, made of files and gitlinks."""

    def __init__(self, project, name):
        self.name, self.folder = name, f"{os.path.dirname(project.served)}/work-{os.path.basename(name)}"
        self.bare = f"{project.served}/{name}.git"
        run("git", "init", "-q", "-b", "main", self.folder)
        run("git", "init", "-q", "--bare", self.bare)

    def git(self, *arguments):
        return run("git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments, cwd=self.folder)

    def commit(self, files, links=None):
        """The next commit holds these alone; `links`: path to (URL or None, commit)."""
        self.git("rm", "-r", "-q", "--cached", "--ignore-unmatch", ".")
        entries = "".join(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n'
                          for path, (url, _) in (links or {}).items() if url)
        for path, text in {**files, **({".gitmodules": entries} if entries else {})}.items():
            os.makedirs(os.path.dirname(f"{self.folder}/{path}"), exist_ok=True)
            with open(f"{self.folder}/{path}", "w") as out:
                out.write(text)
            self.git("add", path)
        for path, (_, commit) in (links or {}).items():
            self.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        self.git("push", "-q", "--force", self.bare, "HEAD:main")
        return self.git("rev-parse", "HEAD")


class SubmodulesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = parts.Folder()
        path = cls.folder.path
        cls.certificates = parts.Certificates(path)
        cls.project = parts.Project(path, cls.certificates)
        os.makedirs(f"{cls.project.served}/open")
        shutil.rmtree(f"{cls.project.served}/demo.git")
        cls.demo, cls.lib, cls.deep, cls.free = (Served(cls.project, name)
                                                 for name in ("demo", "lib", "deep", "open/free"))
        cls.registry = parts.Registry(path)
        cls.base = cls.registry.push_image("base/python", parts.BASE_FILES)
        cls.worker = parts.Worker(os.environ["PEDIGREE_WORKER"], path)
        cls.host = cls.project.url.split("/")[2]
        cls.pinned = cls.lib.commit({"lib.py": "x = 1\n"})
        cls.lib.commit({"lib.py": "x = 2\n"})  # the branch has gone on

    @classmethod
    def tearDownClass(cls):
        cls.worker.stop()
        cls.registry.stop()
        cls.folder.remove()

    def git(self, **changes):
        return {"url": self.project.url, "caPem": self.certificates.ca_pem, "subdirectory": ".", "submodules": True,
                "secretHosts": self.host, "credential": {"username": "reader", "password": f"{SECRET}-git"}, **changes}

    def resolve(self, commit, allowed=("127.0.0.1/32",), **changes):
        return self.worker.ask("ResolveSource", {"git": self.git(commit=commit, **changes), "lockFile": ""},
                               allowed=allowed)

    def build(self, commit, **changes):
        login = base64.b64encode(f"pull:{SECRET}-pull".encode()).decode()
        return self.worker.ask("BuildImage", {
            "git": self.git(commit=commit, **changes), "prebuilt": self.base,
            "pullConfig": json.dumps({"auths": {self.registry.host: {"auth": login}}}),
            "plainHttpHosts": [self.registry.host],
            "push": {"host": self.registry.host, "repository": "built/sub", "plainHttp": True,
                     "credential": {"username": "push", "password": f"{SECRET}-push"}}})

    def refusal(self, answer):
        self.assertIn("failure", answer, answer)
        self.assertEqual(answer["failure"]["class"], "Configuration", answer)
        self.assertNotIn(SECRET, json.dumps(answer))
        return answer["failure"]["reason"], answer["failure"]["message"]

    def test_an_image_holds_them_at_the_commits_that_the_tree_names(self):
        deep = self.deep.commit({"deep.py": "y = 1\n"})
        lib = self.lib.commit({"lib.py": "x = 3\n"}, {"vendor/deep": ("../deep.git", deep)})
        self.lib.commit({"lib.py": "x = 4\n"})
        free = self.free.commit({"free.py": "z = 1\n"})
        commit = self.demo.commit({"train.py": "print(1)\n"}, {
            "libs/one": ("../lib.git", self.pinned), "libs/two": (self.project.url.replace("demo", "lib"), lib),
            "free": ("../open/free.git", free)})
        outcome = self.build(commit)
        self.assertNotIn("failure", outcome)
        folder = f"{self.folder.path}/unpacked"
        run("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false",
            "--src-creds", f"pull:{SECRET}-pull", f"docker://{outcome['image']}", f"oci:{folder}-oci:one")
        run("umoci", "raw", "unpack", "--image", f"{folder}-oci:one", folder)
        expected = {"train.py": "print(1)\n", "libs/one/lib.py": "x = 1\n", "libs/two/lib.py": "x = 3\n",
                    "libs/two/vendor/deep/deep.py": "y = 1\n", "free/free.py": "z = 1\n"}
        for path, text in expected.items():
            self.assertEqual(open(f"{folder}/opt/pedigree/code/{path}").read(), text, path)

        manifest = json.load(self.registry.call("GET", f"/v2/built/sub/manifests/{outcome['provenance']}"))
        blob = manifest["layers"][0]["digest"]
        definition = json.load(self.registry.call("GET", f"/v2/built/sub/blobs/{blob}"))["predicate"]["buildDefinition"]
        self.assertEqual(definition["externalParameters"]["submodules"], "Pinned")
        named = {one["name"]: (one["uri"], one["digest"]["gitCommit"]) for one in definition["resolvedDependencies"]
                 if "gitCommit" in one["digest"] and "name" in one}
        there = "git+" + self.project.url.replace("demo.git", "")
        self.assertEqual(named, {"libs/one": (there + "lib.git", self.pinned), "libs/two": (there + "lib.git", lib),
                                 "libs/two/vendor/deep": (there + "deep.git", deep),
                                 "free": (there + "open/free.git", free)})

    def test_without_the_policy_they_are_refused(self):
        commit = self.demo.commit({}, {"lib": ("../lib.git", self.pinned)})
        reason, message = self.refusal(self.resolve(commit, submodules=False))
        self.assertEqual(reason, "SubmoduleNotSupported")
        self.assertIn("lib is a git submodule", message)

    def test_the_secret_goes_to_the_hosts_that_it_names(self):
        free = self.free.commit({"free.py": "z = 2\n"})
        private = self.demo.commit({}, {"lib": ("../lib.git", self.pinned)})
        for hosts in ("git.example.com", ""):
            reason, message = self.refusal(self.resolve(private, secretHosts=hosts))
            self.assertEqual(reason, "AuthenticationFailed")
            self.assertIn("asked without a credential", message)
        public = self.demo.commit({}, {"free": ("../open/free.git", free)})
        self.assertIn("tree", self.resolve(public, secretHosts=""))
        self.assertIn("tree", self.resolve(private, secretHosts="127.0.0.1"))

    def test_what_cannot_be_had_says_why(self):
        here = self.project.url
        cases = [
            ("SubmoduleRefused", None, self.pinned), ("SubmoduleRefused", "file:///etc", self.pinned),
            ("SubmoduleRefused", "../../lib.git", self.pinned), ("SubmoduleRefused", "http://127.0.0.1/x", self.pinned),
            ("SubmoduleRefused", here.replace("//", f"//me:{SECRET}@"), self.pinned),
            ("RepositoryNotFound", "../nope.git", self.pinned), ("CommitNotFound", "../lib.git", "1" * 40),
            ("RedirectRefused", "/moved/lib.git", self.pinned), ("SshKeyMissing", "ssh://127.0.0.1/x", self.pinned)]
        for expected, url, pinned in cases:
            if url and url.startswith("/moved"):
                url = here.replace("/demo.git", url)
            with self.subTest(url=url, expected=expected):
                commit = self.demo.commit({}, {"a/lib": (url, pinned)})
                reason, message = self.refusal(self.resolve(commit))
                self.assertEqual(reason, expected)
                self.assertIn("submodule a/lib: ", message)

    def test_addresses_are_checked_for_each(self):
        commit = self.demo.commit({}, {"lib": (self.project.url.replace("127.0.0.1", "127.0.0.2"), self.pinned)})
        reason, message = self.refusal(self.resolve(commit))
        self.assertEqual(reason, "AddressRefused")
        self.assertIn("submodule lib: ", message)

    def test_what_git_itself_calls_hostile_is_refused(self):
        for entry in ('[submodule "../../x"]\n\tpath = lib\n\turl = https://h/x\n',
                      '[submodule "x"]\n\tpath = lib\n\turl = --upload-pack=touch\n',
                      '[submodule "x"]\n\tpath = -lib\n\turl = https://h/x\n'):
            commit = self.demo.commit({".gitmodules": entry}, {"lib": (None, self.pinned)})
            self.assertEqual(self.refusal(self.resolve(commit))[0], "SourceCorrupt", entry)
        climbing = self.demo.commit({".gitmodules": '[submodule "x"]\n\tpath = ../x\n\turl = https://h/x\n'},
                                    {"lib": (None, self.pinned)})
        self.assertEqual(self.refusal(self.resolve(climbing))[0], "SubmoduleRefused")

    def test_nothing_is_left_or_logged(self):
        commit = self.demo.commit({}, {"lib": ("../lib.git", self.pinned)})
        self.resolve(commit)
        self.assertNotIn(SECRET, open(self.worker.log_path).read())
        parts.wait_for(lambda: not os.listdir(self.worker.scratch), "the scratch folders' end")


if __name__ == "__main__":
    unittest.main()
