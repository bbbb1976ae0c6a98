"""The Python environment that bench/search measures in: requirements.lock in the cache folder."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))


def enter():
    """Goes on in the environment, made anew when the lock has changed."""
    folder, lock = CACHE / "search-bench", HERE / "requirements.lock"
    python, stamp = folder / "bin/python", folder / ".lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "--only-binary", ":all:",
                        "-r", lock], check=True)
        stamp.write_bytes(lock.read_bytes())
    if pathlib.Path(sys.prefix) != folder:
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core a search, for each tool
        os.execve(python, [str(python), *sys.argv], {**os.environ, **threads})
