"""The whole overlay of a lock, from wheels that lie on this machine, and the same again with nothing changed:
ours, and `pip install --target` with buildah's COPY + commit + push."""
import os
import shutil
import subprocess
import sys
import tempfile
import threading

from sides import CACHE, REGISTRY, WHEELS, Buildah, Ours, milliseconds

PACKAGES = "/usr/local/lib/python3.11/site-packages"


class Peak:
    """The largest resident set of the worker's children while the block runs; the kernel keeps the mark."""

    def __init__(self, worker):
        self.worker, self.over, self.kibibytes = worker, threading.Event(), 0
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.over.wait(0.005):
            for child in self.worker.children():
                try:
                    status = (child / "status").read_text()
                except OSError:
                    continue  # it ended
                self.kibibytes = max(self.kibibytes, int((status.partition("VmHWM:")[2].split() or [0])[0]))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()


class Overlay(Ours):
    """A repository of its own for each time, and no layer remembered; the base has been read before."""

    def build_anew(self, commit, repository):
        self.repository = self.input["push"]["repository"] = repository
        self.input["knownLayers"] = {}
        return self.build(commit)[0]


class PipAndBuildah(Buildah):
    """The packages that ours took, so that what the base has is left out on both sides."""

    def __init__(self, folder, project, base, repository, wheels):
        super().__init__(folder, project, base, repository)
        self.packages, self.files = f"{folder}/packages", [self.find(wheel["fileName"]) for wheel in wheels]

    @staticmethod
    def find(name):
        for place in (WHEELS, CACHE / "wheels-closure"):
            if (place / name).exists():
                return str(place / name)
        sys.exit(f"{name} is missing in {WHEELS}; next: dev/quickstart --until base")

    def install(self):
        shutil.rmtree(self.packages, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile",
                        "--disable-pip-version-check", "--root-user-action=ignore", "--target", self.packages,
                        *self.files], check=True)

    def image(self):
        self.install()
        container = self.run("from", "--pull-never", "--tls-verify=false", self.base)
        self.run("copy", "-q", container, self.packages, PACKAGES)
        self.run("copy", "-q", container, self.tree, "/opt/pedigree/code")
        self.run("commit", "-q", "--rm", "--format", "oci", "--tls-verify=false", container,
                 f"docker://{REGISTRY}/{self.repository}:bench")

    def keep(self):
        """The image in buildah's own storage. `buildah bud --layers` cannot make it: it refuses a base with
        a shorter history than layers."""
        self.kept = f"localhost/{self.repository}"
        container = self.run("from", "--pull-never", "--tls-verify=false", self.base)
        self.run("copy", "-q", container, self.packages, PACKAGES)
        self.run("copy", "-q", container, self.tree, "/opt/pedigree/code")
        self.run("commit", "-q", "--rm", "--format", "oci", container, self.kept)

    def push(self):
        """The best that it can do when nothing changed: it finds all of it there."""
        self.run("push", "-q", "--tls-verify=false", self.kept, f"docker://{REGISTRY}/{self.repository}:kept")


def unchanged(ours, rival, commit, rounds):
    """Both have made the image; medians of making it again."""
    rival.keep()
    rival.push()
    own, other = [], []
    for _ in range(rounds):
        whole, fetching = ours.build(commit)
        own.append(whole - fetching)
        other.append(milliseconds(rival.push))
    return sorted(own)[rounds // 2], sorted(other)[rounds // 2]


def measure(folder, project, base, prefix, verdict):
    place = tempfile.mkdtemp(dir=folder)
    ours = Overlay(place, project, base, "requirements.lock", f"{prefix}/overlay-first")
    try:
        project.change()
        ours.build(project.commit)
        wheels = ours.wheels
        rival = PipAndBuildah(place, project, base, f"{prefix}/overlay-buildah", wheels)
        with Peak(ours.worker) as peak:
            own = min(ours.build_anew(project.commit, f"{prefix}/overlay-{number}") for number in range(3))
        other = min(rival.build(project.commit)[0] for _ in range(3))
        verdict.judge(f"overlay of {len(wheels)} wheels, from this machine",
                      f"{own / 1000:.1f} s, pip and buildah {other / 1000:.1f} s: {other / own:.1f}x", "5x faster",
                      other >= 5 * own, other / own, other / own / 5)
        verdict.judge("overlay: peak memory of the worker's child", f"{peak.kibibytes / 1024:.0f} MiB", "under 128 MiB",
                      0 < peak.kibibytes < 128 * 1024, margin=128 * 1024 / max(peak.kibibytes, 1))
        own, other = unchanged(ours, rival, project.commit, 9)
        verdict.judge("nothing changed, git left out", f"{own:.0f} ms, buildah push alone {other:.0f} ms",
                      "under 50 ms", own < 50, other / own, 50 / own)
    finally:
        ours.worker.stop()
