"""Repositories as they are in the world (README.md here, G): each is resolved, or ends at once.

The worker is the real one, and so is git on both sides. PEDIGREE_WORKER names the program.
"""
import os
import subprocess
import unittest

import parts
from parts import SECRET, run

ENDS = "Configuration"  # the class of what no other try mends


class SourceCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Also when what follows fails: a worker that is left keeps the output of this test open.
        cls.folder = parts.Folder()
        cls.addClassCleanup(cls.folder.remove)
        cls.certificates = parts.Certificates(cls.folder.path)
        cls.project = parts.Project(cls.folder.path, cls.certificates)
        cls.worker = parts.Worker(os.environ["PEDIGREE_WORKER"], cls.folder.path)
        cls.addClassCleanup(cls.worker.stop)
        cls.first = cls.project.commit({"train.py": "print('branch')\n"})
        cls.project.git("branch", "v1")
        cls.second = cls.project.commit({"train.py": "print('tag')\n"})
        cls.project.git("tag", "v1")
        cls.project.git("tag", "-a", "-m", "t", "tree-tag", "HEAD^{tree}")
        cls.project.git("tag", "blob-tag", "HEAD:train.py")
        cls.project.git("tag", "-a", "-m", "i", "inner", "HEAD")
        cls.project.git("tag", "-a", "-m", "o", "outer", "inner")
        cls.project.git("update-ref", "refs/merge-requests/7/head", cls.first)
        cls.project.git("push", "-q", "--mirror", f"{cls.project.served}/demo.git")
        other = f"{cls.project.served}/sha256.git"
        run("git", "init", "-q", "--bare", "-b", "main", "--object-format=sha256", other)
        work = f"{cls.folder.path}/sha256"
        author = {f"GIT_{role}_{what}": "e@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        # Not cloned: git makes the clone of an empty repository one of SHA-1.
        run("git", "init", "-q", "-b", "main", "--object-format=sha256", work)
        with open(f"{work}/train.py", "w") as out:
            out.write("print('ok')\n")
        run("git", "add", "-A", cwd=work)
        run("git", "commit", "-q", "-m", "one", cwd=work, **author)
        run("git", "push", "-q", other, "HEAD:main", cwd=work)

    def resolve(self, url=None, **asked):
        git = {"url": url or self.project.url, "caPem": self.certificates.ca_pem, "subdirectory": ".",
               "credential": {"username": "reader", "password": f"{SECRET}-git"}, **asked}
        return self.worker.ask("ResolveSource", {"git": git, "lockFile": ""}, allowed=("127.0.0.1/32",))

    def ends(self, answer, reason, *words):
        failure = answer["failure"]
        self.assertEqual((failure["class"], failure["reason"]), (ENDS, reason), failure)
        for word in words:
            self.assertIn(word, failure["message"])

    def test_g1_a_repository_of_sha256_is_said_to_be_one(self):
        url = self.project.url.replace("demo", "sha256")
        for asked in ({"ref": "main"}, {"ref": "refs/heads/main"}, {"commit": self.first}):
            self.ends(self.resolve(url, **asked), "ObjectFormatNotSupported", "SHA-256")
        self.ends(self.resolve(url, commit="a" * 64), "RefInvalid", "E0153")

    def test_g2_what_is_no_commit_is_named(self):
        tree = self.project.git("rev-parse", "HEAD^{tree}")
        for asked, kind in (({"ref": "tree-tag"}, "tree"), ({"ref": "blob-tag"}, "blob"),
                            ({"ref": "refs/tags/tree-tag"}, "tree"), ({"commit": tree}, "tree")):
            self.ends(self.resolve(**asked), "CommitNotFound", f"is no commit but a {kind}", *asked.values())

    def test_g2_a_tag_of_a_tag_leads_to_its_commit(self):
        self.assertEqual(self.resolve(ref="outer")["commit"], self.second)

    def test_g3_a_name_of_two_things_is_refused_by_both_names(self):
        self.ends(self.resolve(ref="v1"), "RefAmbiguous", "refs/heads/v1", "refs/tags/v1")
        self.assertEqual(self.resolve(ref="refs/heads/v1")["commit"], self.first)
        self.assertEqual(self.resolve(ref="refs/tags/v1")["commit"], self.second)

    def test_g4_the_id_of_a_tag_is_answered_with_its_commit(self):
        tag = self.project.git("rev-parse", "inner")
        self.ends(self.resolve(commit=tag), "CommitNotFound", "is a tag", self.second)

    def test_g5_a_full_name_is_taken_as_it_is(self):
        self.assertEqual(self.resolve(ref="refs/merge-requests/7/head")["commit"], self.first)
        self.ends(self.resolve(ref="refs/merge-requests/8/head"), "RefNotFound", "refs/merge-requests/8/head")


if __name__ == "__main__":
    unittest.main()
