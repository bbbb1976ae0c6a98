"""The full closure on a base without packages, TensorFlow's largest wheel included, from wheels that lie on this
machine: ours, and `pip install --target` with buildah's COPY + commit + push. The rival takes minutes, so its best
time is kept in the cache by all that it depends on; the output says so. --rivals measures it anew.

The wheel of TensorFlow (500 MiB) is fetched once, with pip as this machine has it configured."""
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

from overlay import Overlay, Peak, PipAndBuildah
from sides import CACHE, REGISTRY, ROOT, STATE, WHEELS

TENSORFLOW = """tensorflow==2.13.0 \\
    --hash=sha256:19ee67901702b26787ad685cca65730c163c101c0c2f238a2584d714e0fa8c25
"""
LOCK = "closure.lock"
OURS_SECONDS_MAX = 25


def lock():
    """The slim sample's, with the TensorFlow that has everything in place of the one for processors."""
    text = (ROOT / "dev/samples/mnist/stacks/slim/requirements.lock").read_text()
    pins = ["".join(pair) for pair in zip(*[iter(text.splitlines(keepends=True))] * 2)]
    return "".join(TENSORFLOW if pin.startswith("tensorflow-cpu==") else pin for pin in pins)


def fetch_tensorflow(place):
    """Beside the other wheels, but not in the development cluster's index, which nobody asks for it."""
    if not list(place.glob("tensorflow-*.whl")):
        place.mkdir(parents=True, exist_ok=True)
        (place / "tensorflow.lock").write_text(TENSORFLOW)
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
                        "--only-binary", ":all:", "-d", place, "-r", place / "tensorflow.lock"], check=True)


class Index(http.server.ThreadingHTTPServer):
    """PEP 503 pages over the wheels of all folders, on loopback."""

    def __init__(self, folder, folders):
        files = pathlib.Path(folder, "index/files")
        files.mkdir(parents=True)
        for wheel in (wheel for place in folders for wheel in place.glob("*.whl")):
            (files / wheel.name).symlink_to(wheel)
        subprocess.run([sys.executable, ROOT / "dev/lib/make_index.py", files, files.parent], check=True)

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *given):
                super().__init__(*given, directory=files.parent)

            def log_message(self, *words):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/simple/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Kept:
    """The rival's milliseconds, by its version and what it was given."""

    def __init__(self, rival, wheels):
        given = [rival.words(), rival.base, *sorted(wheel["digest"] for wheel in wheels)]
        key = hashlib.sha256("\n".join(given).encode()).hexdigest()[:20]
        self.file = CACHE / "imagebuild-bench-rivals" / f"closure-{key}.json"

    def read(self):
        return json.loads(self.file.read_text()) if self.file.exists() and "--rivals" not in sys.argv else None

    def write(self, value):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(value))
        return value


def measure(folder, project, prefix, verdict):
    place = tempfile.mkdtemp(dir=folder)
    base = f"{REGISTRY}/base/python@{(STATE / 'slim-base-digest').read_text().strip()}"
    fetch_tensorflow(CACHE / "wheels-closure")
    project.files[LOCK] = lock()
    ours = Overlay(place, project, base, LOCK, f"{prefix}/closure-first")
    with Index(place, [WHEELS, CACHE / "wheels-closure"]) as index:
        ours.input["indexUrl"] = index.url
        try:
            project.change()
            ours.build(project.commit)
            with Peak(ours.worker) as peak:
                own = min(ours.build_anew(project.commit, f"{prefix}/closure-{number}") for number in range(2))
            wheels = ours.wheels
        finally:
            ours.worker.stop()
            index.shutdown()
    rival = PipAndBuildah(place, project, base, f"{prefix}/closure-buildah", wheels)
    kept = Kept(rival, wheels)
    other, words = kept.read(), ", kept from an earlier run"
    if other is None:
        other, words = kept.write(rival.build(project.commit)[0]), ""
    size = sum(os.path.getsize(file) for file in rival.files) / 2**20
    verdict.judge(f"full closure of {len(wheels)} wheels, {size:.0f} MiB, on a slim base",
                  f"{own / 1000:.1f} s, pip and buildah {other / 1000:.1f} s{words}: {other / own:.1f}x", "5x faster",
                  other >= 5 * own, other / own, other / own / 5)
    verdict.judge("the full closure by itself", f"{own / 1000:.1f} s", f"under {OURS_SECONDS_MAX} s", own < OURS_SECONDS_MAX * 1000,
                  margin=OURS_SECONDS_MAX * 1000 / own)
    verdict.judge("full closure: peak memory of the worker's child", f"{peak.kibibytes / 1024:.0f} MiB", "under 128 MiB",
                  0 < peak.kibibytes < 128 * 1024, margin=128 * 1024 / max(peak.kibibytes, 1))
