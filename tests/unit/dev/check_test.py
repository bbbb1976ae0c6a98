"""dev/lib/check.sh and parts.sh: what the verdict of dev/check says, with parts made for the test."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FRAME = """
set -euo pipefail
ROOT={root} BIN={root} STATE={root} CACHE={root}/cache
. {root}/dev/lib/check.sh
"""


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="check"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "dev/lib").mkdir(parents=True)
        for name in ("check.sh", "parts.sh"):
            shutil.copy(ROOT / "dev/lib" / name, self.root / "dev/lib")
        self.git("init", "-q")
        (self.root / ".gitignore").write_text("*\n")
        self.git("add", "-f", ".gitignore")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")

    def git(self, *arguments):
        done = subprocess.run(["git", "-C", self.root, *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def check(self, parts, **environment):
        done = subprocess.run(["bash", "-c", FRAME.format(root=self.root) + parts + "\nverdict\n"],
                              capture_output=True, text=True, env=os.environ | environment)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def green(self):
        path = self.root / "cache/check/green"
        return path.read_text().strip() if path.exists() else None

    def test_parts_are_counted_and_show_their_minutes(self):
        code, said = self.check("counts() { echo '7 passed, 0 failed'; }\n"
                                "part one 60 true\npart two 60 counts\n")
        self.assertEqual(code, 0)
        self.assertTrue(said.endswith("\n8 passed, 0 failed\n"), said)
        self.assertRegex(said, r"two +7 passed +0 failed +0\.0 min")
        self.assertEqual(self.green(), self.git("rev-parse", "HEAD"))

    def test_a_part_that_is_left_out_is_never_zero_failed(self):
        code, said = self.check("part one 60 true\nleft_out 'no bridge' integration kills\n")
        self.assertEqual(code, 1)
        self.assertIn("incomplete: 2 parts left out, which count as failed: integration kills\n", said)
        self.assertTrue(said.endswith("\n1 passed, 2 failed\n"), said)
        self.assertIsNone(self.green())

    def test_a_part_that_fails_without_counting_is_one(self):
        code, said = self.check("said() { echo '3 passed, 0 failed'; return 1; }\n"
                                "part one 60 false\npart two 60 said\n")
        self.assertEqual(code, 1)
        self.assertTrue(said.endswith("\n3 passed, 2 failed\n"), said)

    def test_when_the_time_is_over_what_runs_is_ended_and_the_rest_left_out(self):
        # The shell's clock starts a second before the end of the first minute.
        code, said = self.check("SECONDS=59\npart one 60 tail -f /dev/null\npart two 60 true\n"
                                "CHECK_MINUTES_MAX='' part down 60 true\n", CHECK_MINUTES_MAX="1")
        self.assertEqual(code, 1)
        self.assertIn("two is left out: the 1 minutes are over\n", said)
        self.assertIn("incomplete: 1 parts left out", said)
        self.assertTrue(said.endswith("\n1 passed, 2 failed\n"), said)

    def test_parts_run_beside_each_other(self):
        # Each waits for what the other has done.
        meet = ("meets() { touch \"$ROOT/$1\"; until [ -e \"$ROOT/$2\" ]; do :; done; }\n")
        code, said = self.check(meet + "background one 60 meets a b\npart two 60 meets b a\n"
                                "await one\n")
        self.assertEqual(code, 0, said)
        self.assertTrue(said.endswith("\n2 passed, 0 failed\n"), said)

    def test_a_background_part_that_fails_is_counted_where_it_is_awaited(self):
        code, said = self.check("background one 60 false\nawait one || echo failed as it should\n")
        self.assertEqual(code, 1)
        self.assertIn("failed as it should\n", said)
        self.assertTrue(said.endswith("\n0 passed, 1 failed\n"), said)

    def test_a_checkout_with_changes_is_no_green_commit(self):
        (self.root / ".gitignore").write_text("*\n# changed\n")
        code, _ = self.check("part one 60 true\n")
        self.assertEqual(code, 0)
        self.assertIsNone(self.green())


if __name__ == "__main__":
    unittest.main()
