"""How every benchmark says what it found: a line a claim, then the counts that dev/check reads, and the same as
rows in build/bench/PROGRAM.jsonl, from which bench/report makes docs/measured.md.

A goal that is missed is printed as such and counted as failed; the exit code says only that the
benchmark ran.
"""
import datetime
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = pathlib.Path(os.environ.get("PEDIGREE_BENCH_RESULTS", ROOT / "build/bench"))


def machine():
    """What the figures depend on, in words: cores, processor, memory."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo") as file:
        kibibytes = int(next(line for line in file if line.startswith("MemTotal")).split()[1])
    name = names[0] if names else os.uname().machine
    return f"{os.cpu_count()} cores of {name}, {kibibytes / 2**20:.0f} GiB"


class Verdict:
    """The findings of one program. `keep=False` leaves the rows out: what was measured in part, or otherwise than
    the claims say, must not stand for them."""

    def __init__(self, program, rival="", keep=True):
        self.program, self.keep = program, keep
        self.met = self.missed = 0
        self.rows = []
        self.part("", rival)

    def part(self, name, rival=None):
        """What follows belongs to this part of the program, and has this rival, version included."""
        self.part_name = name
        self.rival = self.rival if rival is None else rival

    def judge(self, claim, value, goal, met, ratio=None, margin=None):
        """`ratio`: of ours to the rival's or the other way, as the claim's goal has it. `margin`: how many times
        better than its goal; 1 has just met it. Claims without a margin are never the best or the worst."""
        self.met += met
        self.missed += not met
        print(f"{claim:52} {value:>34}   goal {goal:14} {'met' if met else 'goal missed'}", flush=True)
        self.rows.append({"program": self.program, "part": self.part_name, "claim": claim.strip(), "value": value,
                          "ratio": None if ratio is None else round(ratio, 3), "goal": goal, "met": bool(met),
                          "margin": None if margin is None else round(float(margin), 3), "rival": self.rival,
                          "date": datetime.date.today().isoformat(), "machine": machine(),
                          "command": " ".join([os.path.relpath(sys.argv[0], ROOT), *sys.argv[1:]])})

    def close(self):
        if self.keep:
            RESULTS.mkdir(parents=True, exist_ok=True)
            with open(RESULTS / f"{self.program}.jsonl", "w") as file:
                file.writelines(json.dumps(row) + "\n" for row in self.rows)
        print(f"{self.met} passed, {self.missed} failed")
