"""The files of our layers against those that pip installs, and Python's own gzip and tarfile as readers
of the layers, for every wheel of the sample project's lock that the development cluster's cache has.

LAY_WHEELS names the program that makes the layers; PEDIGREE_CACHE the cache.
"""
import csv
import gzip
import hashlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["PEDIGREE_SOURCE_DIR"])
WHEELS = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev")) / "wheels"
LOCK = SOURCE / "dev/samples/mnist/requirements.lock"
# Who installed, why, and from where: what an installer writes about itself.
OWN = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def locked_wheels():
    hashes = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text()))
    files = sorted(WHEELS.glob("*.whl"))
    return [file for file in files if hashlib.sha256(file.read_bytes()).hexdigest() in hashes]


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, argv[:4]))} ...: {done.stderr[-2000:]}")
    return done.stdout


def digest(data):
    return hashlib.sha256(data).hexdigest()


class PipTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wheels = locked_wheels()
        if not cls.wheels:
            raise unittest.SkipTest(f"no wheel of {LOCK.name} in {WHEELS}: dev/quickstart --only wheels fetches them")
        if sys.version_info[:2] != (3, 11):
            raise unittest.SkipTest("the lock's wheels are for Python 3.11, this one is another")
        cls.scratch = tempfile.TemporaryDirectory(prefix="pedigree-pip-")
        cls.folder = pathlib.Path(cls.scratch.name).resolve()
        cls.prefix = cls.folder / "venv"
        run(sys.executable, "-m", "venv", "--without-pip", cls.prefix)
        before = cls.on_disk()
        run(sys.executable, "-m", "pip", "--python", cls.prefix / "bin/python3.11", "install", "--no-index",
            "--no-deps", "--no-compile", "--no-warn-conflicts", "--disable-pip-version-check", *cls.wheels)
        cls.pip = {path: file for path, file in cls.on_disk().items() if path not in before}
        cls.layers = [line.split() for line in run(
            os.environ["LAY_WHEELS"], cls.prefix, "python3.11", cls.folder, *cls.wheels).splitlines()]
        cls.read_layers()
        print(f"{len(cls.wheels)} wheels, {len(cls.layers)} layers, {len(cls.ours)} files", file=sys.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def on_disk(cls):
        """What lies in the environment: whether it may be executed, and the digest of its bytes."""
        files = {}
        for folder, _, names in os.walk(cls.prefix):
            for name in names:
                path = pathlib.Path(folder, name)
                if not path.is_symlink():
                    files[str(path.relative_to(cls.prefix))] = (os.access(path, os.X_OK), digest(path.read_bytes()))
        return files

    @classmethod
    def read_layers(cls):
        """The same of the layers, the later over the earlier; what the tests read is kept as text."""
        cls.ours, cls.texts, cls.read, cls.members = {}, {}, {}, {}
        top = str(cls.prefix)[1:] + "/"
        for name, *_ in cls.layers:
            packed = (cls.folder / name).read_bytes()
            unpacked = gzip.GzipFile(fileobj=io.BytesIO(packed)).read()
            cls.read[name] = (digest(packed), digest(unpacked))
            with tarfile.open(fileobj=io.BytesIO(unpacked)) as layer:
                cls.members[name] = layer.getmembers()
                for member in filter(tarfile.TarInfo.isfile, cls.members[name]):
                    path, data = member.name.removeprefix(top), layer.extractfile(member).read()
                    cls.ours[path] = (bool(member.mode & 0o100), digest(data))
                    if path.startswith("bin/") or path.endswith(".dist-info/RECORD"):
                        cls.texts[path] = data

    def shared(self, files):
        """Without what each installer writes in words of its own: see test_scripts_call_the_same."""
        return {path: file for path, file in files.items()
                if path.rpartition("/")[2] not in OWN and "__pycache__" not in path and path not in self.generated()}

    def generated(self):
        points = set()
        for path in (self.prefix / "lib/python3.11/site-packages").glob("*.dist-info/entry_points.txt"):
            section = ""
            for line in path.read_text().splitlines():
                section = line.strip() if line.startswith("[") else section
                if section in ("[console_scripts]", "[gui_scripts]") and "=" in line:
                    points.add("bin/" + line.partition("=")[0].strip())
        return points

    def test_the_same_files(self):
        ours, pip = self.shared(self.ours), self.shared(self.pip)
        self.assertGreater(len(pip), 1000)
        self.assertEqual(sorted(set(ours) ^ set(pip)), [])
        self.assertEqual({path: (ours[path], pip[path]) for path in pip if ours[path] != pip[path]}, {})

    def test_scripts_call_the_same(self):
        names = self.generated()
        self.assertGreater(len(names), 10)
        call = re.compile(r"^from (\S+) import (\S+)$.*sys\.exit\((\S+)\(\)\)", re.MULTILINE | re.DOTALL)
        for name in sorted(names):
            theirs, ours = (self.prefix / name).read_text(), self.texts[name].decode()
            self.assertTrue(self.ours[name][0], f"{name} may be executed")
            self.assertEqual(call.search(ours).groups(), call.search(theirs).groups(), name)
            self.assertEqual(ours.splitlines()[0], theirs.splitlines()[0], name)

    def test_record_names_every_file_with_its_digest(self):
        """Our RECORD has the rows of pip's, but for those of the installer itself."""
        records = [path for path in self.texts if path.endswith("/RECORD")]
        self.assertEqual(len(records), len(self.wheels))
        scripts = {"../../../" + name for name in self.generated()}

        def rows(record):
            return {tuple(row) for row in csv.reader(record.splitlines())
                    if row[0] not in scripts and row[0].rpartition("/")[2] not in OWN
                    and not row[0].endswith(".pyc")}

        for path in records:
            self.assertEqual(rows(self.texts[path].decode()), rows((self.prefix / path).read_text()), path)

    def test_layers_are_sound_to_the_last_byte(self):
        for name, blob, diff_id in self.layers:
            self.assertEqual(self.read[name], (blob, diff_id), name)
            members = self.members[name]
            names = [member.name for member in members]
            self.assertEqual(len(names), len(set(names)), name)
            for member in members:
                self.assertEqual((member.uid, member.gid, member.mtime, member.uname), (0, 0, 0, ""), member.name)
                self.assertIn(member.mode, (0o644, 0o755), member.name)


if __name__ == "__main__":
    unittest.main()
