"""dev/lib/supervise.py: one supervisor in a folder of its own, real processes, real signals."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = str(ROOT / "dev/lib/supervise.py")
sys.path.insert(0, str(ROOT / "dev/lib"))
import supervise  # noqa: E402

WAIT_SECONDS = 10


def until(condition, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"never: {what}")
        time.sleep(0.02)


class SuperviseTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="supervise"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(self.ask, "end")

    def ask(self, *words, code=0, **environment):
        done = subprocess.run([PROGRAM, self.folder, *words], capture_output=True, text=True,
                              env={**os.environ, **environment}, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.strip() if code == 0 else done.stderr.strip()

    def pid_of(self, name):
        return int((self.folder / "run" / f"{name}.pid").read_text().split()[0])

    def printed(self, name):
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def test_the_same_words_start_nothing_new(self):
        self.ask("start", "sleeper", "sleep", "600")
        pid = self.pid_of("sleeper")
        self.assertEqual(self.ask("start", "sleeper", "sleep", "600"), "sleeper runs already")
        self.assertEqual(self.pid_of("sleeper"), pid)

    def test_other_words_replace(self):
        self.ask("start", "sleeper", "sleep", "600")
        pid = self.pid_of("sleeper")
        self.ask("start", "sleeper", "sleep", "601")
        self.assertNotEqual(self.pid_of("sleeper"), pid)
        self.assertIsNone(supervise.start_time(pid))

    def test_a_rebuilt_program_replaces(self):
        program = self.folder / "program"
        shutil.copy(shutil.which("sleep"), program)
        self.ask("start", "built", str(program), "600")
        pid = self.pid_of("built")
        program.unlink()
        shutil.copy(shutil.which("sleep"), program)
        self.ask("start", "built", str(program), "600")
        self.assertNotEqual(self.pid_of("built"), pid)

    def test_a_missing_program_is_said(self):
        self.assertIn("no-such-program", self.ask("start", "x", "no-such-program", code=1))

    def test_an_ended_process_is_listed_with_its_code_and_starts_again(self):
        self.ask("start", "short", "sh", "-c", "exit 3")
        until(lambda: self.ask("list").endswith("ended:3"), "the end of the process")
        self.assertEqual(self.ask("start", "short", "sh", "-c", "exit 3"), "short started")

    def test_stop_sends_the_chosen_signal(self):
        self.ask("start", "trap", "sh", "-c", "trap 'echo interrupted; exit' INT; echo up; "
                 "while :; do sleep 0.05; done", STOP_SIGNAL="INT")
        until(lambda: "up" in self.printed("trap"), "the trap")
        self.ask("stop", "trap")
        self.assertIn("interrupted", self.printed("trap"))
        self.assertFalse((self.folder / "run" / "trap.pid").exists())

    def test_stop_ends_the_whole_group_even_if_it_ignores_the_signal(self):
        self.ask("start", "stubborn", "sh", "-c",
                 "trap '' TERM; sleep 600 & echo $!; while :; do sleep 0.05; done", STOP_SECONDS="0.2")
        until(lambda: self.printed("stubborn").strip(), "the child's pid")
        child = int(self.printed("stubborn"))
        self.ask("stop", "stubborn")
        until(lambda: supervise.start_time(child) is None, "the end of the child")

    def test_end_goes_backwards(self):
        for name in ("first", "second"):
            self.ask("start", name, "sh", "-c", f"trap 'date +%N > {self.folder}/{name}; exit' TERM; "
                     "echo up; while :; do sleep 0.05; done")
            until(lambda name=name: "up" in self.printed(name), name)
        self.ask("end")
        self.assertLess((self.folder / "second").stat().st_mtime_ns,
                        (self.folder / "first").stat().st_mtime_ns)
        self.assertFalse((self.folder / "run" / "supervisor.sock").exists())
        self.assertEqual(self.ask("list"), "")

    def test_what_a_killed_supervisor_leaves_is_ended(self):
        self.ask("start", "orphan", "sleep", "600")
        orphan = self.pid_of("orphan")
        os.kill(self.pid_of("supervisor"), signal.SIGKILL)
        self.ask("end")
        until(lambda: supervise.start_time(orphan) is None, "the end of the orphan")

    def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(self):
        stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        (self.folder / "run").mkdir(exist_ok=True)
        (self.folder / "run" / "reused.pid").write_text(f"{stranger.pid} 1\n")
        self.ask("end")
        self.assertIsNone(stranger.poll())

    def test_the_supervisor_holds_none_of_its_callers_files(self):
        reader, writer = os.pipe()
        subprocess.run([PROGRAM, self.folder, "start", "sleeper", "sleep", "600"], check=True,
                       stdout=writer, pass_fds=[writer], timeout=60)
        os.close(writer)
        with os.fdopen(reader) as file:
            self.assertIn("sleeper started", file.read())  # ends only when nobody holds the pipe


if __name__ == "__main__":
    unittest.main()
