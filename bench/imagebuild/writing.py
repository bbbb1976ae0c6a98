"""A wheel's way into a layer: passed through, and compressed anew by zlib at level 6 (pass_through.cpp)."""
import json
import pathlib
import subprocess
import sys

from sides import WHEELS, WORKER

PROGRAM = pathlib.Path(WORKER).with_name("bench_pass_through")


def measure(folder, verdict):
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; next: ninja -C {PROGRAM.parents[1]} bench_pass_through")
    wheel = max(WHEELS.glob("scipy-*.whl"))
    done = subprocess.run([PROGRAM, folder, wheel], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    verifying, size = found["verify"], found["bytes"] / 2**20

    def judge(name, own, other, met):
        verdict.judge(name, f"{size / own:.0f} MiB/s, compressed anew {size / other:.0f} MiB/s: {other / own:.1f}x",
                      "20x faster", met, other / own, other / own / 20)
    own, other = (max(found[way] - verifying, 1e-9) for way in ("passThrough", "recompress"))
    judge(f"{wheel.name.split('-')[0]} written into a layer, passed through", own, other, other >= 20 * own)
    own, other = found["passThrough"], found["recompress"]
    judge(f"{wheel.name.split('-')[0]} written into a layer, verified by inflating and hashing", own, other, other >= 20 * own)
