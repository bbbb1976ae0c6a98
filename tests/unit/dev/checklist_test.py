"""dev/lib/checklist.sh: the order of steps, lanes and failures, with steps made for the test."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Stands in for dev/quickstart and dev/lib/common.sh: the same frame, a state folder of its own.
COMMON = """
ROOT={root}
STATE={root}/state
say() {{ echo "    $*" >&3; }}
fail() {{ echo "error: $1" >&2; echo "  next: $2" >&2; exit 1; }}
show_log() {{ tail -n 20 "$1" >&2; }}
mkdir -p "$STATE"/{{run,logs}}
"""
QUICKSTART = """#!/usr/bin/env bash
set -euo pipefail
. {root}/dev/lib/common.sh
. {root}/dev/lib/checklist.sh
STEPS=({steps})
ON_REQUEST=({on_request})
read_options "$@"
run_checklist
"""


class ChecklistTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="checklist"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "dev/lib").mkdir(parents=True)
        (self.root / "dev/steps").mkdir()
        for name in ("checklist.sh", "run_step.sh"):
            shutil.copy(ROOT / "dev/lib" / name, self.root / "dev/lib")
        (self.root / "dev/lib/common.sh").write_text(COMMON.format(root=self.root))
        self.trace = self.root / "trace"
        self.steps = []
        self.on_request = []

    def step(self, name, body=":", lane="", needs=""):
        word = name.replace("-", "_")
        (self.root / f"dev/steps/{name}.sh").write_text(
            f'{word}_title="title of {name}"\n'
            + (f"{word}_lane={lane}\n" if lane else "") + f'{word}_needs="{needs}"\n'
            + f"{word}_step() {{\n{body}\necho {name} >>{self.trace}\n}}\n")
        self.steps.append(name)

    def quickstart(self, *options):
        path = self.root / "quickstart"
        path.write_text(QUICKSTART.format(root=self.root, steps=" ".join(self.steps),
                                          on_request=" ".join(self.on_request)))
        return subprocess.Popen(["bash", path, *options], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run_steps(self, *options, code=0):
        process = self.quickstart(*options)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + err)
        return out + err

    def traced(self):
        return self.trace.read_text().split() if self.trace.exists() else []

    def test_the_main_lane_goes_in_order(self):
        for name in ("one", "two-words", "three"):
            self.step(name)
        out = self.run_steps()
        self.assertEqual(self.traced(), ["one", "two-words", "three"])
        self.assertRegex(out, r"ok +title of two-words +\d+\.\d s")

    def test_only_and_until_choose(self):
        for name in ("one", "two", "three"):
            self.step(name)
        self.run_steps("--only", "three,one")
        self.assertEqual(self.traced(), ["one", "three"])
        self.trace.unlink()
        self.run_steps("--until", "two")
        self.assertEqual(self.traced(), ["one", "two"])
        self.assertIn("there is no step four", self.run_steps("--only", "four", code=1))

    def test_what_is_on_request_runs_only_by_name(self):
        for name in ("one", "two", "slow"):
            self.step(name)
        self.on_request = [self.steps.pop()]
        self.run_steps()
        self.assertEqual(self.traced(), ["one", "two"])
        self.trace.unlink()
        self.run_steps("--until", "two")
        self.assertEqual(self.traced(), ["one", "two"])
        self.trace.unlink()
        self.run_steps("--only", "slow,one")
        self.assertEqual(self.traced(), ["one", "slow"])

    def test_a_need_is_waited_for_in_another_lane(self):
        self.step("slow", f"until grep -q first {self.trace}; do sleep 0.05; done", lane="compile")
        self.step("first")
        self.step("last", needs="slow")
        self.run_steps()
        self.assertEqual(self.traced(), ["first", "slow", "last"])

    def test_packages_come_before_every_lane(self):
        self.step("packages", "sleep 0.3")
        self.step("slow", lane="compile")
        self.run_steps()
        self.assertEqual(self.traced(), ["packages", "slow"])

    def test_a_failure_inside_a_step_ends_it_and_the_run(self):
        self.step("one", "echo what went wrong\nfalse\necho never")
        self.step("two")
        out = self.run_steps(code=1)
        self.assertEqual(self.traced(), [])
        self.assertRegex(out, r"FAILED +title of one")
        self.assertIn("what went wrong", out)
        self.assertNotIn("never", out)

    def test_a_failed_lane_fails_the_run_and_keeps_nobody_waiting(self):
        self.step("broken", "false", lane="compile")
        self.step("after", lane="compile")
        self.step("one", needs="after")
        self.run_steps(code=1)
        self.assertEqual(self.traced(), [])

    def test_a_background_failure_is_the_runs_failure(self):
        self.step("broken", "sleep 0.3; false", lane="download")
        self.step("one")
        self.assertRegex(self.run_steps(code=1), r"FAILED +title of broken")
        self.assertEqual(self.traced(), ["one"])

    def started(self, name, deadline):
        """The process of a step that wrote its number there."""
        file = self.root / name
        while not file.exists() or not file.read_text().strip():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return int(file.read_text())

    def test_an_interrupted_run_leaves_no_step_behind(self):
        self.step("slow", f"echo $$ >{self.root}/slow; exec sleep 600", lane="compile")
        self.step("main", f"echo $$ >{self.root}/main; exec sleep 600")
        # To all as a terminal does; and to the run alone, as where a step begins at that moment.
        for kill in (os.killpg, os.kill):
            process = self.quickstart()
            deadline = time.monotonic() + 20
            pids = [self.started(name, deadline) for name in ("slow", "main")]
            kill(process.pid, signal.SIGINT)
            process.communicate(timeout=20)
            self.assertNotEqual(process.returncode, 0)
            for pid in pids:
                while os.path.exists(f"/proc/{pid}"):
                    self.assertLess(time.monotonic(), deadline + 20)
                    time.sleep(0.02)
            for name in ("slow", "main"):
                (self.root / name).unlink()

    def test_say_reaches_the_terminal_and_the_rest_the_log(self):
        self.step("one", "say for the person\necho for the log")
        out = self.run_steps()
        self.assertIn("    for the person", out)
        self.assertNotIn("for the log", out)
        self.assertEqual((self.root / "state/logs/step-one.log").read_text(), "for the log\n")


if __name__ == "__main__":
    unittest.main()
