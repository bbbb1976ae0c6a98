"""Layers with a table of contents, as containerd's own library for them reads them; and that they remain
layers for those who know no such table.

LAY_WHEELS names the program that makes the layers; PEDIGREE_CACHE holds estargz_read and the wheels.
"""
import gzip
import hashlib
import json
import os
import pathlib
import tarfile
import tempfile
import unittest

from installed import CACHE, PYTHON, SOURCE, locked_wheels, run

READ = CACHE / "bin/estargz_read"
LOCK = SOURCE / "dev/samples/mnist/stacks/wandb/requirements.lock"
KINDS = {tarfile.REGTYPE: "reg", tarfile.SYMTYPE: "symlink", tarfile.DIRTYPE: "dir"}


class Layer:
    def __init__(self, folder, line):
        name, self.digest, self.diff_id, self.table = line.split()
        self.path = folder / name

    def unpacked(self):
        with gzip.open(self.path) as file:
            return file.read()

    def by_table(self):
        return json.loads(run(READ, self.path, self.table))


class StargzTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        wheels, _ = locked_wheels(LOCK)
        if not wheels or not READ.exists():
            raise unittest.SkipTest(f"no wheel of {LOCK} or no {READ}: dev/quickstart --only binaries,wheels makes them")
        scratch = tempfile.TemporaryDirectory(prefix="pedigree-stargz-")
        cls.addClassCleanup(scratch.cleanup)
        folder = pathlib.Path(scratch.name)
        lines = run(os.environ["LAY_WHEELS"], "estargz", "/usr", PYTHON, folder, *wheels).splitlines()
        cls.layers = [Layer(folder, line) for line in lines]

    def test_the_table_leads_to_every_file(self):
        for layer in self.layers:
            found, wanted = layer.by_table(), {}
            with tarfile.open(layer.path) as archive:
                for item in archive:
                    word = item.linkname
                    if item.isfile():
                        word = hashlib.file_digest(archive.extractfile(item), "sha256").hexdigest()
                    wanted[item.name] = [KINDS[item.type], item.mode, word]
            wanted.pop("stargz.index.json")
            # Folders that no entry names are the reader's.
            self.assertEqual({path: found[path] for path in wanted}, wanted)
            self.assertEqual({found[path][0] for path in set(found) - set(wanted)} - {"dir"}, set())

    def test_to_others_it_is_a_layer(self):
        for layer in self.layers:
            unpacked = layer.unpacked()
            self.assertEqual(hashlib.sha256(layer.path.read_bytes()).hexdigest(), layer.digest)
            self.assertEqual(hashlib.sha256(unpacked).hexdigest(), layer.diff_id)
            run("tar", "-tzf", layer.path)

    def test_other_bytes_than_the_table_says_are_noticed(self):
        layer = self.layers[-1]
        broken, data = layer.path.with_name("broken"), bytearray(layer.path.read_bytes())
        with tarfile.open(layer.path) as archive:
            table = json.load(archive.extractfile("stargz.index.json"))
        file = next(one for one in table["entries"] if one.get("size", 0) > 100)
        data[file["offset"] + 20] ^= 1
        broken.write_bytes(data)
        for path, digest in ((broken, layer.table), (layer.path, "sha256:" + "0" * 64)):
            with self.assertRaises(AssertionError):
                run(READ, path, digest)


if __name__ == "__main__":
    unittest.main()
