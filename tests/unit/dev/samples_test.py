"""dev/samples and the tools that pin and serve what they need: nothing here touches the network."""
import hashlib
import json
import pathlib
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "dev/samples"
# Experiments name this digest, so the maker may not change its bytes unnoticed.
DATASET_SHA256 = "a7e6b3712cd54eff969e9b1484e95338d2897cd2e5952fe7954b4d3b5d5a401d"


def run(*argv, code=0):
    done = subprocess.run([sys.executable, *map(str, argv)], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != code:
        raise AssertionError(f"{argv} ended with {done.returncode}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def pins(path):
    """Name, version and hashes of each line of a lock."""
    text = path.read_text().replace("\\\n", " ")
    return [(line.split("==")[0], line.split()[0].split("==")[1], re.findall(r"sha256:([0-9a-f]{64})", line))
            for line in text.splitlines() if line.strip()]


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="samples"))
        self.addCleanup(shutil.rmtree, self.folder)


class DatasetTest(InFolder):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "mnist.npz"
        run(SAMPLES / "make_dataset.py", self.file)

    def test_bytes_are_the_same_everywhere(self):
        self.assertEqual(hashlib.sha256(self.file.read_bytes()).hexdigest(), DATASET_SHA256)

    def test_arrays_are_those_of_mnist(self):
        with zipfile.ZipFile(self.file) as archive:
            self.assertEqual(sorted(archive.namelist()),
                             ["x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"])
            data = archive.read("x_train.npy")
            labels = archive.read("y_train.npy")
        header_bytes = struct.unpack("<H", data[8:10])[0]
        self.assertEqual((10 + header_bytes) % 64, 0)
        self.assertIn(b"'shape': (1600, 28, 28)", data[:10 + header_bytes])
        self.assertEqual(len(data), 10 + header_bytes + 1600 * 28 * 28)
        self.assertEqual(set(labels[-1600:]), set(range(10)))


class LockTest(InFolder):
    def test_every_line_is_pinned_by_one_hash(self):
        for lock in (SAMPLES / "mnist/requirements.lock", ROOT / "dev/base/requirements.lock",
                     ROOT / "dev/mlflow-server.lock"):
            found = pins(lock)
            self.assertGreater(len(found), 30, lock)
            for name, version, hashes in found:
                self.assertTrue(version and len(hashes) == 1, f"{lock}: {name}")

    def test_the_sample_brings_nothing_that_its_base_ships(self):
        base = {name for name, _, _ in pins(ROOT / "dev/base/requirements.lock")}
        sample = {name for name, _, _ in pins(SAMPLES / "mnist/requirements.lock")}
        self.assertIn("mlflow", sample)
        self.assertIn("tensorflow-cpu", base)
        self.assertFalse(base & sample)

    def test_the_lock_for_a_base_without_packages_has_both(self):
        both = [*pins(ROOT / "dev/base/requirements.lock"), *pins(SAMPLES / "mnist/requirements.lock")]
        self.assertEqual(pins(SAMPLES / "mnist/stacks/slim/requirements.lock"), sorted(both))

    def report(self, *packages):
        path = self.folder / "report.json"
        path.write_text(json.dumps({"install": [
            {"metadata": {"name": name, "version": version},
             "download_info": {"url": f"https://example.com/{name}-{version}{suffix}",
                               "archive_info": {"hashes": {"sha256": "ab" * 32}}}}
            for name, version, suffix in packages]}))
        return path

    def lock_of(self, *packages, beyond=None, code=0):
        options = ["--beyond", beyond] if beyond else []
        return run(ROOT / "dev/lib/make_lock.py", self.report(*packages), *options, code=code)

    def test_lock_of_a_report(self):
        self.assertEqual(self.lock_of(("B_c.d", "2.0", "-py3-none-any.whl"), ("a", "1.0", "-py3-none-any.whl")),
                         "".join(f"{name} \\\n    --hash=sha256:{'ab' * 32}\n" for name in ("a==1.0", "b-c-d==2.0")))

    def test_a_source_archive_is_refused(self):
        self.assertIn("a-1.0.tar.gz is no wheel", self.lock_of(("a", "1.0", ".tar.gz"), code=1))

    def test_another_version_than_the_base_is_refused(self):
        base = self.folder / "base.lock"
        base.write_text("numpy==1.24.3 \\\n    --hash=sha256:00\n")
        wheel = "-py3-none-any.whl"
        self.assertEqual(self.lock_of(("numpy", "1.24.3", wheel), beyond=base), "")
        self.assertIn("numpy: the base ships 1.24.3",
                      self.lock_of(("numpy", "1.26.0", wheel), beyond=base, code=1))


class ProjectTest(InFolder):
    def test_scripts_compile_and_are_described(self):
        described = (SAMPLES / "mnist/README.md").read_text()
        scripts = sorted((SAMPLES / "mnist").rglob("*.py"))
        self.assertGreater(len(scripts), 8)
        for script in scripts:
            py_compile.compile(str(script), cfile=str(self.folder / "out"), doraise=True)
            if script.stem != "softmax":
                self.assertIn(f"`{script.name}`", described)

    def test_minimal_writes_its_parameters_as_the_model(self):
        parameters = self.folder / "parameters.json"
        parameters.write_text('{"train.epochs": 4, "a": "b"}')
        script = SAMPLES / "mnist/minimal.py"
        subprocess.run([sys.executable, script], cwd=self.folder, check=True, timeout=60,
                       env={"PEDIGREE_PARAMETERS": str(parameters)}, stdout=subprocess.DEVNULL)
        model = (self.folder / "outputs/model/parameters.json").read_text()
        self.assertEqual(model, '{"a": "b", "train.epochs": 4}\n')


class IndexTest(InFolder):
    def test_names_are_normalized_and_files_carry_their_hash(self):
        wheels = self.folder / "wheels"
        wheels.mkdir()
        (wheels / "Foo_Bar.baz-1.0-py3-none-any.whl").write_bytes(b"wheel")
        (wheels / "notes.txt").write_text("not served")
        for _ in range(2):  # made anew over the old pages
            run(ROOT / "dev/lib/make_index.py", wheels, self.folder / "index")
        page = (self.folder / "index/simple/foo-bar-baz/index.html").read_text()
        digest = hashlib.sha256(b"wheel").hexdigest()
        self.assertIn(f'href="/files/Foo_Bar.baz-1.0-py3-none-any.whl#sha256={digest}"', page)
        root = (self.folder / "index/simple/index.html").read_text()
        self.assertEqual(re.findall(r'href="([^"]*)"', root), ["/simple/foo-bar-baz/"])


if __name__ == "__main__":
    unittest.main()
