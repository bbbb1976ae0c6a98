"""Pull and unpack by containerd: our overlay, and the rival's of the same packages. It is a containerd of the bench,
since the cluster's shares what it has pulled for pods with every other namespace. The base stays in it, so that
what is measured is what each side laid on it."""
import json
import os
import statistics
import subprocess
import sys
import tempfile

from overlay import Overlay, PipAndBuildah
from sides import LOGIN, REGISTRY, milliseconds, parts

ROUNDS = 3
BYTES_MAX = 1.05


class Containerd:
    def __init__(self, folder):
        """The login stands in a file, not among the arguments."""
        self.hosts, self.socket = f"{folder}/hosts", f"{folder}/containerd/socket"
        os.makedirs(f"{self.hosts}/{REGISTRY}")
        os.makedirs(f"{folder}/containerd")
        basic = json.loads(LOGIN.read_text())["auths"][REGISTRY]["auth"]
        with open(os.open(f"{self.hosts}/{REGISTRY}/hosts.toml", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f'[host."http://{REGISTRY}"]\n  capabilities = ["pull", "resolve"]\n'
                       f'  [host."http://{REGISTRY}".header]\n    Authorization = "Basic {basic}"\n')
        with open(f"{folder}/containerd/config.toml", "w") as file:
            file.write(f'version = 2\nroot = "{folder}/containerd/root"\nstate = "{folder}/containerd/state"\n'
                       f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "{self.socket}"\n')
        self.process = subprocess.Popen(["containerd", "--config", file.name],
                                        stderr=open(f"{folder}/containerd/log", "w"))
        parts.wait_for(lambda: os.path.exists(self.socket), "containerd's socket")

    def run(self, *arguments):
        done = subprocess.run(["ctr", "--address", self.socket, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"ctr {' '.join(arguments[:2])}: {done.stderr.strip()[-400:]}")

    def pull(self, image):
        self.run("images", "pull", "--hosts-dir", self.hosts, image)

    def remove(self, image):
        self.run("images", "remove", "--sync", image)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def added_bytes(registry, repository, reference, below):
    manifest = json.loads(registry.ask("GET", f"/v2/{repository}/manifests/{reference}")[1])
    return sum(layer["size"] for layer in manifest["layers"][below:])


def build(folder, project, base, prefix):
    """Repository and reference of either side's image."""
    ours = Overlay(folder, project, base, "requirements.lock", f"{prefix}/pull")
    try:
        project.change()
        ours.build(project.commit)
    finally:
        ours.worker.stop()
    rival = PipAndBuildah(folder, project, base, f"{prefix}/pull-buildah", ours.wheels)
    rival.build(project.commit)
    return (ours.repository, ours.digest), (rival.repository, "bench")


def measure(folder, project, registry, base, prefix, verdict):
    folder = tempfile.mkdtemp(dir=folder)
    own, other = build(folder, project, base, prefix)
    name, digest = base.removeprefix(f"{REGISTRY}/").split("@")
    below = len(json.loads(registry.ask("GET", f"/v2/{name}/manifests/{digest}")[1])["layers"])
    own_bytes, other_bytes = (added_bytes(registry, *one, below) for one in (own, other))
    verdict.judge("overlay of these wheels, compressed",
                  f"{own_bytes / 2**20:.1f} MiB, buildah's {other_bytes / 2**20:.1f} MiB: {own_bytes / other_bytes:.3f}x",
                  f"at most {BYTES_MAX}x", own_bytes <= BYTES_MAX * other_bytes, own_bytes / other_bytes,
                  BYTES_MAX * other_bytes / own_bytes)
    images = [f"{REGISTRY}/{repository}{'@' if ':' in reference else ':'}{reference}"
              for repository, reference in (own, other)]
    containerd, times = Containerd(folder), ([], [])
    try:
        containerd.pull(base)
        for number in range(2 * ROUNDS):
            side = (number + number // 2) % 2  # each goes first as often as the other
            times[side].append(milliseconds(lambda: containerd.pull(images[side])))
            containerd.remove(images[side])
    finally:
        containerd.stop()
    ours, theirs = (statistics.median(one) for one in times)
    verdict.judge("overlay pulled and unpacked by containerd",
                  f"{ours / 1000:.2f} s, buildah's {theirs / 1000:.2f} s: {ours / theirs:.2f}x", "not slower",
                  ours <= theirs, ours / theirs, theirs / ours)
