"""Wheels of a lock, what installers make of them in a virtual environment, and what our layers hold: each as
path -> (may it be executed, digest of its bytes)."""
import gzip
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tarfile

SOURCE = pathlib.Path(os.environ["PEDIGREE_SOURCE_DIR"])
CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))
PYTHON = "python3.11"  # what the locks' wheels are for
KEPT_AS_TEXT = re.compile(r"bin/[^/]+|lib/[^/]+/site-packages/[^/]+\.dist-info/(RECORD|entry_points\.txt)")


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, argv[:4]))} ...: {done.stderr[-2000:]}")
    return done.stdout


def locked_wheels(lock):
    """The cache's wheels of the lock, and the requirements of which it has none."""
    digests = {}
    for folder in ("wheels", "wheels-base"):
        for file in sorted((CACHE / folder).glob("*.whl")):
            digests[hashlib.sha256(file.read_bytes()).hexdigest()] = file
    files, missing = [], []
    for requirement in re.split(r"\n(?=\w)", re.sub(r"(?m)^\s*#.*\n", "", lock.read_text())):
        found = [digests[one] for one in re.findall(r"--hash=sha256:([0-9a-f]{64})", requirement) if one in digests]
        if found:
            files.append(found[0])
        else:
            missing.append(requirement.partition("==")[0])
    return files, missing


class Hashing:
    """A file whose bytes are digested as they are read."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        data = self.file.read(size)
        self.digest.update(data)
        return data

    def hexdigest(self):
        while self.read(1 << 20):
            pass
        return self.digest.hexdigest()


class Environment:
    """A virtual environment that one installer fills."""

    def __init__(self, prefix):
        self.prefix = prefix
        run(sys.executable, "-m", "venv", "--without-pip", prefix)
        self.before = self.on_disk()

    def pip(self, wheels):
        run(sys.executable, "-m", "pip", "--python", self.prefix / "bin" / PYTHON, "install", "--no-index", "--no-deps",
            "--no-compile", "--no-warn-conflicts", "--disable-pip-version-check", *wheels)
        return self

    def installer(self, wheels):
        run(CACHE / "installer-venv/bin/python", pathlib.Path(__file__).with_name("install_wheels.py"), self.prefix,
            PYTHON, *wheels)
        return self

    def on_disk(self):
        files = {}
        for folder, _, names in os.walk(self.prefix):
            for path in (pathlib.Path(folder, name) for name in names):
                if not path.is_symlink():
                    with open(path, "rb") as file:
                        digest = hashlib.file_digest(file, "sha256").hexdigest()
                    files[str(path.relative_to(self.prefix))] = (os.access(path, os.X_OK), digest)
        return files

    def files(self):
        return {path: file for path, file in self.on_disk().items() if path not in self.before}

    def text(self, path):
        return (self.prefix / path).read_text()


class Layers:
    """The layers that LAY_WHEELS makes for the environment, read with Python's own gzip and tarfile."""

    def __init__(self, prefix, folder, wheels):
        self.top, self.all, self.texts = str(prefix)[1:] + "/", {}, {}
        self.members, self.said, self.read = {}, {}, {}
        for line in run(os.environ["LAY_WHEELS"], "gzip", prefix, PYTHON, folder, *wheels).splitlines():
            name, blob, diff_id = line.split()
            self.said[name] = (blob, diff_id)
            self.take(name, folder / name)
            (folder / name).unlink()

    def take(self, name, path):
        with open(path, "rb") as file:
            packed = Hashing(file)
            unpacked = Hashing(gzip.GzipFile(fileobj=packed))
            with tarfile.open(fileobj=unpacked, mode="r|") as layer:
                for member in layer:
                    self.members.setdefault(name, []).append(member)
                    if member.isfile():
                        self.keep(member, layer.extractfile(member))
            diff_id = unpacked.hexdigest()
            self.read[name] = (packed.hexdigest(), diff_id)

    def keep(self, member, content):
        path = member.name.removeprefix(self.top)
        if KEPT_AS_TEXT.fullmatch(path):
            data = content.read()
            self.texts[path], digest = data.decode(), hashlib.sha256(data).hexdigest()
        else:
            digest = Hashing(content).hexdigest()
        self.all[path] = (bool(member.mode & 0o100), digest)

    def files(self):
        return self.all

    def text(self, path):
        return self.texts[path]
