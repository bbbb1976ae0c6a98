"""What the tests of trackers' SDKs share: scripts in a Python that has one version of the SDK, against a program that
serves the recorder's part alone on loopback."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))
BUILD = pathlib.Path(os.environ["PEDIGREE_BUILD_BIN"]).resolve()
SECONDS_MAX = 240  # of a script, on a machine that does other things beside it

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SdkCases:
    """Mixed into a TestCase for each version, which says the rest."""
    here = None  # the tracker's folder: scripts/, make_venvs
    name = None  # of the SDK in the cache
    version = None

    def server_command(self):
        """The program and its arguments; it prints "ready" and ends with its standard input."""
        raise NotImplementedError

    def environment(self, **more):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.python = CACHE / f"{cls.name}-{cls.version}/bin/python"
        if not cls.python.exists():
            subprocess.run([cls.here / "make_venvs"], check=True)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.work = pathlib.Path(self.folder.name) / "work"
        self.store = pathlib.Path(self.folder.name) / "store"
        self.work.mkdir()
        self.port = free_port()
        self.server = subprocess.Popen(self.server_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_server)
        self.assertEqual(self.server.stdout.readline(), "ready\n")

    def end_server(self):
        self.server.stdin.close()
        self.server.wait(30)
        self.server.stdout.close()

    def start(self, script, *arguments, **more):
        environment = {name: value for name, value in self.environment(**more).items() if value is not None}
        process = subprocess.Popen([self.python, script, *arguments], cwd=self.work, text=True, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()

    def run_script(self, script, *arguments, **more):
        begun = time.monotonic()
        process = self.start(script, *arguments, **more)
        output, _ = process.communicate(timeout=SECONDS_MAX)
        print(f"{self.version} {script} {' '.join(arguments)}: rc {process.returncode}, "
              f"{time.monotonic() - begun:.1f} s", file=sys.stderr)
        return process.returncode, output

    def call(self, path, method="GET", body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, data=body)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
