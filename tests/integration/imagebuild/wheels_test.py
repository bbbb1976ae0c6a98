"""The files of our layers against those that pip and PyPA's installer write, for every wheel of the four
stacks' locks and of the base's that the development cluster's cache has; and Python's own gzip and tarfile
as readers of the layers.

LAY_WHEELS names the program that makes the layers; PEDIGREE_CACHE the cache.
"""
import csv
import pathlib
import posixpath
import re
import shutil
import sys
import tempfile
import unittest

import installed
from installed import CACHE, SOURCE, Environment, Layers, locked_wheels

# Who installed, why, and from where: what an installer writes about itself.
OWN = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
SDIST_ONLY = {"pathtools"}
CALL = re.compile(r"^from (\S+) import (\S+)$.*sys\.exit\((\S+)\(\)\)", re.MULTILINE | re.DOTALL)


def rows(record, scripts):
    """Of RECORD, but for what the installer itself wrote; installer keeps "./" before a path."""
    return {(posixpath.normpath(row[0]), *row[1:]) for row in csv.reader(record.splitlines())
            if row[0] not in scripts and row[0].rpartition("/")[2] not in OWN and not row[0].endswith(".pyc")}


class Stack:
    """The tests of one lock; who derives from this names it."""
    lock, files_min = None, 0

    @classmethod
    def setUpClass(cls):
        if sys.version_info[:2] != (3, 11):
            raise unittest.SkipTest("the lock's wheels are for Python 3.11, this one is another")
        cls.wheels, missing = locked_wheels(SOURCE / cls.lock)
        if set(missing) - SDIST_ONLY:
            raise unittest.SkipTest(f"{missing} is not in {CACHE}: dev/quickstart --only wheels fetches it")
        installed.run(pathlib.Path(__file__).with_name("make_venv"))
        cls.scratch = tempfile.TemporaryDirectory(prefix="pedigree-wheels-")
        cls.lay(pathlib.Path(cls.scratch.name).resolve())
        print(f"{cls.lock}: {len(cls.wheels)} wheels, {len(cls.layers.members)} layers, {len(cls.ours)} files",
              file=sys.stderr)

    @classmethod
    def lay(cls, folder):
        """One environment after the other at the same place, since scripts name their interpreter."""
        cls.rivals = {}
        for name in ("pip", "installer"):
            environment = Environment(folder / "venv")
            getattr(environment, name)(cls.wheels)
            files = environment.files()
            cls.rivals[name] = files, {
                path: environment.text(path) for path in files if installed.KEPT_AS_TEXT.fullmatch(path)}
            shutil.rmtree(environment.prefix)
        cls.layers = Layers(folder / "venv", folder, cls.wheels)
        cls.ours = cls.layers.files()
        cls.scripts = cls.generated()

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def generated(cls):
        """The scripts that stand for entry points."""
        points = set()
        for path, text in cls.layers.texts.items():
            section = ""
            for line in text.splitlines() if path.endswith("/entry_points.txt") else ():
                section = line.strip() if line.startswith("[") else section
                if section in ("[console_scripts]", "[gui_scripts]") and "=" in line:
                    points.add("bin/" + line.partition("=")[0].strip())
        return points

    def shared(self, files):
        """Without what each installer writes in words of its own."""
        return {path: file for path, file in files.items()
                if path.rpartition("/")[2] not in OWN and "__pycache__" not in path and path not in self.scripts}

    def test_the_same_files(self):
        ours = self.shared(self.ours)
        self.assertGreater(len(ours), self.files_min)
        for name, (files, _) in self.rivals.items():
            theirs = self.shared(files)
            self.assertEqual(sorted(set(ours) ^ set(theirs)), [], name)
            self.assertEqual({path: (ours[path], theirs[path]) for path in theirs if ours[path] != theirs[path]}, {}, name)

    def test_scripts_call_the_same(self):
        for path in sorted(self.scripts):
            ours = self.layers.text(path)
            self.assertTrue(self.ours[path][0], f"{path} may be executed")
            for name, (_, texts) in self.rivals.items():
                self.assertEqual(CALL.search(ours).groups(), CALL.search(texts[path]).groups(), f"{name} {path}")
                self.assertEqual(ours.splitlines()[0], texts[path].splitlines()[0], f"{name} {path}")

    def test_record_names_every_file_with_its_digest(self):
        records = [path for path in self.layers.texts if path.endswith("/RECORD")]
        self.assertEqual(len(records), len(self.wheels))
        scripts = {"../../../" + path for path in self.scripts}
        for path in records:
            for name, (_, texts) in self.rivals.items():
                self.assertEqual(rows(self.layers.text(path), scripts), rows(texts[path], scripts), f"{name} {path}")

    def test_layers_are_sound_to_the_last_byte(self):
        self.assertEqual(self.layers.read, self.layers.said)
        for name, members in self.layers.members.items():
            names = [member.name for member in members]
            self.assertEqual(len(names), len(set(names)), name)
            for member in members:
                self.assertEqual((member.uid, member.gid, member.mtime, member.uname), (0, 0, 0, ""), member.name)
                self.assertIn(member.mode, (0o644, 0o755), member.name)


class MlflowTest(Stack, unittest.TestCase):
    lock, files_min = "dev/samples/mnist/requirements.lock", 1000


class WandbTest(Stack, unittest.TestCase):
    lock, files_min = "dev/samples/mnist/stacks/wandb/requirements.lock", 1000


class ClearmlTest(Stack, unittest.TestCase):
    lock, files_min = "dev/samples/mnist/stacks/clearml/requirements.lock", 300


class TensorboardTest(Stack, unittest.TestCase):
    lock, files_min = "dev/samples/mnist/stacks/tensorboard/requirements.lock", 10


class BaseTest(Stack, unittest.TestCase):
    """TensorFlow and what it needs, as they lie on a base that has no packages of its own."""
    lock, files_min = "dev/base/requirements.lock", 10000


if __name__ == "__main__":
    unittest.main()
