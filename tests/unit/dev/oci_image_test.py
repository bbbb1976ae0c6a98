"""dev/lib/oci_image.py: skopeo and umoci, which know nothing of it, read what it writes."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = str(ROOT / "dev/lib/oci_image.py")


class OciImageTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="oci"))
        self.addCleanup(shutil.rmtree, self.folder)

    def layer(self, layout, **files):
        root = self.folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        for name, text in files.items():
            (root / name).write_text(text)
        tar = subprocess.run(["tar", "-c", "--sort=name", "--numeric-owner", "--owner=0", "--group=0",
                              "--mtime=@0", "-C", root, "."], capture_output=True, check=True).stdout
        described = subprocess.run([sys.executable, PROGRAM, "layer", layout], input=tar,
                                   capture_output=True, check=True).stdout
        path = self.folder / f"layer-{hashlib.sha256(described).hexdigest()}"
        path.write_bytes(described)
        self.assertEqual(json.loads(described)["diff_id"], "sha256:" + hashlib.sha256(tar).hexdigest())
        return path

    def image(self, layout, *layers, tag="dev"):
        return subprocess.run([sys.executable, PROGRAM, "image", layout, tag, '{"User":"65532"}', *layers],
                              capture_output=True, text=True, check=True).stdout.strip()

    def test_others_read_it(self):
        layout = self.folder / "layout"
        lower, upper = self.layer(layout, a="one", b="two"), self.layer(layout, b="three")
        digest = self.image(layout, lower, upper)
        said = json.loads(subprocess.run(["skopeo", "inspect", f"oci:{layout}:dev"],
                                         capture_output=True, check=True).stdout)
        self.assertEqual(said["Digest"], digest)
        self.assertEqual(said["Layers"], [json.loads(file.read_text())["digest"] for file in (lower, upper)])
        subprocess.run(["umoci", "unpack", "--rootless", "--image", f"{layout}:dev", self.folder / "bundle"],
                       capture_output=True, check=True)
        unpacked = self.folder / "bundle/rootfs"
        self.assertEqual([(unpacked / name).read_text() for name in "ab"], ["one", "three"])

    def test_same_files_same_digest(self):
        digests = [self.image(self.folder / name, self.layer(self.folder / name, a="one"))
                   for name in ("first", "second")]
        self.assertEqual(digests[0], digests[1])
        changed = self.image(self.folder / "third", self.layer(self.folder / "third", a="another"))
        self.assertNotEqual(digests[0], changed)

    def test_a_tag_moves_and_others_stay(self):
        layout = self.folder / "layout"
        self.image(layout, self.layer(layout, a="one"), tag="kept")
        self.image(layout, self.layer(layout, a="one"))
        newest = self.image(layout, self.layer(layout, a="two"))
        index = json.loads((layout / "index.json").read_text())["manifests"]
        tags = {entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"] for entry in index}
        self.assertEqual(sorted(tags), ["dev", "kept"])
        self.assertEqual(tags["dev"], newest)


if __name__ == "__main__":
    unittest.main()
