"""pedigree lock with the real pip and docker-registry, and pedigree plan of what was locked.

PEDIGREE names the program. pip is this Python's own; indexes and registry are on loopback.
"""
import base64
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest

import parts

PEDIGREE = os.environ["PEDIGREE"]
SITE = "usr/local/lib/python3.11/dist-packages"
BACKEND = """
import pathlib
def prepare_metadata_for_build_wheel(folder, settings=None):
    info = pathlib.Path(folder, "oldtool-0.1.2.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: oldtool\\nVersion: 0.1.2\\nRequires-Dist: leaf\\n")
    return info.name
def build_wheel(folder, settings=None, metadata=None):
    raise SystemExit("nothing has to be built for a lock")
"""


def source_distribution():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in {
                "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
                "backend.py": BACKEND,
                "PKG-INFO": "Metadata-Version: 2.1\nName: oldtool\nVersion: 0.1.2\n"}.items():
            item = tarfile.TarInfo(f"oldtool-0.1.2/{name}")
            item.size = len(text)
            archive.addfile(item, io.BytesIO(text.encode()))
    return out.getvalue()


class LockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="pedigree-lock-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.registry = parts.Registry(str(cls.folder))
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.addClassCleanup(cls.registry.stop)
        cls.index = parts.Index()
        cls.base = cls.registry.push_image("base/tf", {
            "usr/lib/os-release": "ID=debian\n",
            "usr/lib/x86_64-linux-gnu/libc.so.6": "Debian GLIBC 2.36-9) stable release version 2.36.\n",
            "usr/bin/python3.11": "", "usr/bin/python3": ("python3.11",),
            f"{SITE}/numpy-1.24.3.dist-info/METADATA": "Name: numpy\nVersion: 1.24.3\n",
            # A version that no index has.
            f"{SITE}/tensorflow-2.13.0+ours.dist-info/METADATA":
                "Name: tensorflow\nVersion: 2.13.0+ours\nRequires-Dist: numpy<=1.24.3\n"})
        cls.bare = cls.registry.push_image("base/bare", {"etc/hostname": "x"})
        cls.early = cls.registry.push_image("base/early", cls.python_base("3.11.1"))
        cls.older = cls.registry.push_image("base/older", cls.python_base("3.9.2"))

        def wheel(name, version, requires=(), tags="py3-none-any"):
            cls.index.add(name, f"{name}-{version}-{tags}.whl",
                          parts.wheel_bytes(name, version, {f"{name}.py": version}, requires=requires))
        wheel("leaf", "1.0")
        wheel("numpy", "1.24.3")
        wheel("numpy", "2.0.0")
        wheel("tool", "1.0", ["numpy", "tensorflow", "leaf", "never; python_version < '3.9'"])
        wheel("greedy", "1.0", ["numpy>=2"])
        wheel("native", "1.0", tags="cp311-cp311-manylinux_2_17_x86_64")
        wheel("native", "2.0", tags="cp311-cp311-manylinux_2_99_x86_64")
        wheel("wrapper", "1.0", ["oldtool"])
        wheel("patched", "1.0", ["leaf; python_full_version < '3.11.2'", "never; python_full_version >= '3.11.2'"])
        wheel("dated", "1.0", ["leaf; python_version < '3.10'", "never; python_version >= '3.10'"])
        cls.index.add("oldtool", "oldtool-0.1.2.tar.gz", source_distribution())
        login = base64.b64encode(f"pull:{parts.SECRET}-pull".encode()).decode()
        (cls.folder / "auth.json").write_text(json.dumps({"auths": {cls.registry.host: {"auth": login}}}))

    @staticmethod
    def python_base(release):
        """A Python that says its release as CPython's program does, and no package."""
        program = "usr/bin/python" + release.rpartition(".")[0]
        return {"usr/lib/os-release": "ID=debian\n", program: b"\x7fELF\0text\0" + release.encode() + b"\0",
                "usr/bin/python3": (program.rpartition("/")[2],),
                "usr/lib/x86_64-linux-gnu/libc.so.6": "Debian GLIBC 2.36-9) stable release version 2.36.\n"}

    def pedigree(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PIP_NO_DEPS": "1",
                       "PIP_INDEX_URL": self.index.url, "REGISTRY_AUTH_FILE": str(self.folder / "auth.json"),
                       "XDG_CACHE_HOME": str(self.folder / "cache"), "LC_ALL": "C.UTF-8"}
        return subprocess.run([PEDIGREE, *words, "--plain-http", self.registry.host], env=environment,
                              cwd=self.folder, capture_output=True, text=True, timeout=300)

    def lock(self, requirements, *words, base=None):
        (self.folder / "requirements.in").write_text(requirements)
        if "--python" not in words:
            words += ("--python", sys.executable)
        return self.pedigree("lock", "requirements.in", "--base", base or self.base, *words)

    def locked(self, requirements):
        done = self.lock(requirements)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_the_base_ships_is_left_to_it(self):
        text = self.locked("tool\n")
        self.assertEqual([line for line in text.splitlines() if not line.startswith("#")], [
            "leaf==1.0 \\", f"    --hash=sha256:{self.index.hashes['leaf']}",
            "tool==1.0 \\", f"    --hash=sha256:{self.index.hashes['tool']}"])
        self.assertIn("# of the base: numpy 1.24.3\n# of the base: tensorflow 2.13.0+ours\n", text)
        self.assertIn(self.base.partition("@")[2], text)
        self.assertNotIn(self.index.url, text)
        self.assertEqual(self.locked("tool\n"), text)

    def test_markers_are_decided_for_the_bases_python(self):
        for requirement, base in (("patched\n", self.early), ("dated\n", self.older)):
            done = self.lock(requirement, base=base)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("leaf==1.0", done.stdout)
            self.assertNotIn("never", done.stdout)

    def test_a_release_that_the_base_does_not_tell_is_not_guessed(self):
        done = self.lock("patched\n")
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("patch release", done.stderr)

    def test_pip_reads_the_lock(self):
        (self.folder / "tool.lock").write_text(self.locked("tool\n"))
        parts.run(sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--require-hashes", "--target",
                  str(self.folder / "nothing"), "--index-url", self.index.url, "-r", str(self.folder / "tool.lock"),
                  HOME=str(self.folder))

    def test_the_newest_file_that_the_bases_glibc_takes(self):
        self.assertIn("native==1.0 ", self.locked("native\n"))

    def test_a_conflict_with_the_base_names_both_sides(self):
        done = self.lock("greedy\n")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("greedy 1.0 wants numpy>=2; the base ships numpy 1.24.3, where tensorflow 2.13.0+ours wants "
                      "numpy<=1.24.3;", done.stderr)
        self.assertIn("slim Python image", done.stderr)

    def test_a_package_without_a_wheel_is_locked_as_its_source(self):
        text = self.locked("wrapper\n")
        self.assertIn("# no wheel fits, this is the source distribution oldtool-0.1.2.tar.gz\noldtool==0.1.2 \\\n"
                      f"    --hash=sha256:{self.index.hashes['oldtool']}\n", text)
        self.assertIn("leaf==1.0", text)

    def test_what_no_index_has_is_named_with_who_wants_it(self):
        done = self.lock("absent>=3\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn("no file of absent>=3 fits the base (Python 3.11 and glibc 2.36); requirements.in wants it",
                      done.stderr)

    def test_a_file_gets_the_lock_and_the_output_says_what_is_in_it(self):
        done = self.lock("tool\n", "-o", "out.lock", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual([one["name"] for one in document["packages"]], ["leaf", "tool"])
        self.assertEqual([one["name"] for one in document["ofBase"]], ["numpy", "tensorflow"])
        self.assertIn("leaf==1.0", (self.folder / "out.lock").read_text())

    def test_a_base_without_python_and_a_python_without_pip_are_refused(self):
        self.assertIn("has no python3", self.lock("tool\n", base=self.bare).stderr)
        parts.run(sys.executable, "-m", "venv", "--without-pip", str(self.folder / "bare"))
        done = self.lock("tool\n", "--python", str(self.folder / "bare/bin/python3"))
        self.assertEqual(done.returncode, 4)
        self.assertIn("has no pip", done.stderr)

    def test_a_module_of_the_users_folder_is_none_of_pips(self):
        (self.folder / "json.py").write_text("raise SystemExit('the user folder was imported')\n")
        self.addCleanup((self.folder / "json.py").unlink)
        self.locked("tool\n")

    def test_what_was_locked_is_planned_and_nothing_is_pushed(self):
        project = self.folder / "project"
        project.mkdir()
        (project / "train.py").write_text("print('hello')\n")
        (project / "requirements.lock").write_text(self.locked("tool\n"))
        parts.run("git", "init", "-q", "-b", "main", cwd=project)
        parts.run("git", "add", "-A", cwd=project)
        parts.run("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "words", cwd=project)
        (self.folder / "experiment.json").write_text(json.dumps({
            "apiVersion": "pedigree.dev/v1alpha1", "kind": "Experiment", "metadata": {"name": "plan-1"},
            "spec": {"project": "plan", "source": {"git": {"url": "https://git.example.com/p.git", "ref": "main"}},
                     "image": {"base": self.base, "lockFile": "requirements.lock"},
                     "command": ["python3", "train.py"]}}))
        before = self.registry.log_size()
        done = self.pedigree("plan", "--image", "-f", "experiment.json", "--against", "base", "--source", str(project),
                             "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        plan = json.loads(done.stdout)
        self.assertEqual([layer["madeBy"] for layer in plan["layers"]], ["the base", "wheels", "code"])
        self.assertEqual([layer["is"] for layer in plan["layers"]], ["base", "new", "new"])
        self.assertEqual(plan["reasons"], ["no image of it is known"])
        self.assertLessEqual(set(self.registry.methods_since(before)), {"GET", "HEAD"})


if __name__ == "__main__":
    unittest.main()
