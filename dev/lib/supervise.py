#!/usr/bin/env python3
"""Owns every long-running process of the development cluster.

One supervisor a machine listens on FOLDER/run/supervisor.sock and starts, stops and reaps the
processes; this same file is the client, and starts the supervisor if none answers. A process has its
own session and process group, FOLDER/logs/NAME.log for what it prints, and FOLDER/run/NAME.pid with two
words: pid and start time (field 22 of /proc/PID/stat), so that nobody ever signals a pid that was
given to somebody else since.

  supervise.py FOLDER start NAME ARGV...   starts; replaces if ARGV or the program's file has changed
  supervise.py FOLDER stop NAME            ends NAME and its process group
  supervise.py FOLDER end                  ends all, the last started first, and the supervisor
  supervise.py FOLDER list                 NAME PID STATE, in the order of starting

STOP_SIGNAL (default TERM) and STOP_SECONDS (default 10) in the environment of `start` say how the
process wants to be ended; after that time the whole group is killed. Nothing is restarted: a process
that ends by itself is a fact that somebody should see, and `list` shows it.
"""
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time

REQUEST_BYTES_MAX = 1 << 20
ANSWER_SECONDS = 60
POLL_SECONDS = 0.05
LOG_BYTES_MAX = 32 << 20  # looked at when a process starts; one older log is kept


def start_time(pid):
    """The kernel's start time of a living process, or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def identity(argv, environment):
    """What makes a process another one: its words, and the file of its program."""
    path = shutil.which(argv[0], path=environment.get("PATH"))
    if not path:
        raise OSError(f"the program {argv[0]} is not in PATH")
    status = os.stat(path)
    return [argv, status.st_dev, status.st_ino, status.st_mtime_ns]


def signal_group(pid, number):
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


class Child:
    """One process, from its start until somebody stops it."""

    def __init__(self, folder, name, request):
        self.name = name
        self.identity = identity(request["argv"], request["environment"])
        self.stop_signal = getattr(signal, "SIG" + request["environment"].get("STOP_SIGNAL", "TERM"))
        self.stop_seconds = float(request["environment"].get("STOP_SECONDS", "10"))
        self.pid_file = os.path.join(folder, "run", name + ".pid")
        environment = {key: value for key, value in request["environment"].items()
                       if key not in ("STOP_SIGNAL", "STOP_SECONDS")}
        log_path = os.path.join(folder, "logs", name + ".log")
        if os.path.exists(log_path) and os.path.getsize(log_path) > LOG_BYTES_MAX:
            os.replace(log_path, log_path + ".1")
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                request["argv"], env=environment, cwd=request["cwd"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        with open(self.pid_file, "w", encoding="utf-8") as file:
            file.write(f"{self.process.pid} {start_time(self.process.pid)}\n")

    def state(self):
        code = self.process.poll()
        return "running" if code is None else f"ended:{code}"

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                pass
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if os.path.exists(self.pid_file):
            os.unlink(self.pid_file)


class Supervisor:
    def __init__(self, folder):
        self.folder = folder
        self.children = {}
        self.ending = False

    def start(self, request):
        name = request["name"]
        known = self.children.get(name)
        if known and known.state() == "running" and known.identity == identity(
                request["argv"], request["environment"]):
            return {"said": f"{name} runs already"}
        if known:
            self.stop(request)
        self.children[name] = Child(self.folder, name, request)
        return {"said": f"{name} started"}

    def stop(self, request):
        child = self.children.pop(request["name"], None)
        if child:
            child.stop()
        return {"said": ""}

    def end(self, _request):
        for name in reversed(list(self.children)):
            self.children.pop(name).stop()
        self.ending = True
        return {"said": ""}

    def list(self, _request):
        return {"said": "\n".join(f"{child.name} {child.process.pid} {child.state()}"
                                  for child in self.children.values())}

    def answer(self, connection):
        connection.settimeout(ANSWER_SECONDS)
        try:
            request = json.loads(connection.makefile("rb").readline(REQUEST_BYTES_MAX))
            answer = getattr(self, request["verb"])(request)
        except (OSError, ValueError) as error:
            answer = {"error": str(error)}
        try:
            connection.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            pass  # the client went away; what it asked for is done

    def serve(self, listener):
        """Answers one request after the other; wakes for each child that ends, to reap it."""
        wake_reader, wake_writer = socket.socketpair()
        wake_reader.setblocking(False)
        wake_writer.setblocking(False)
        signal.set_wakeup_fd(wake_writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.end(None))
        selector = selectors.DefaultSelector()
        selector.register(listener, selectors.EVENT_READ)
        selector.register(wake_reader, selectors.EVENT_READ)
        while not self.ending:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    with listener.accept()[0] as connection:
                        self.answer(connection)
                else:
                    wake_reader.recv(4096)
                    for child in self.children.values():
                        if child.process.returncode is None and child.state() != "running":
                            print(f"{child.name} {child.state()}", flush=True)


def serve_in_background(folder):
    """Forks the supervisor off; returns when it listens."""
    path = os.path.join(folder, "run", "supervisor.sock")
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(16)
    if os.fork():
        listener.close()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    keep = listener.fileno()
    log = os.open(os.path.join(folder, "logs", "supervisor.log"),
                  os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, target)
    for number in os.listdir("/proc/self/fd"):
        if int(number) > 2 and int(number) != keep:
            try:
                os.close(int(number))
            except OSError:
                pass  # the descriptor of the listing itself
    pid_file = os.path.join(folder, "run", "supervisor.pid")
    with open(pid_file, "w", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {start_time(os.getpid())}\n")
    os.chdir(folder)
    Supervisor(folder).serve(listener)
    os.unlink(path)
    os.unlink(pid_file)
    os._exit(0)


def connect(folder):
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(os.path.join(folder, "run", "supervisor.sock"))
    except OSError:
        client.close()
        return None
    return client


def end_orphans(folder):
    """Ends what a supervisor that was killed has left, newest first."""
    run = os.path.join(folder, "run")
    files = [os.path.join(run, name) for name in os.listdir(run) if name.endswith(".pid")]
    for path in sorted(files, key=os.path.getmtime, reverse=True):
        with open(path, encoding="utf-8") as file:
            pid, _, started = file.read().strip().partition(" ")
        if pid.isdigit() and started and start_time(pid) == started:
            os.kill(int(pid), signal.SIGTERM)
            deadline = time.monotonic() + 10
            while start_time(pid) == started and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
            signal_group(int(pid), signal.SIGKILL)
        os.unlink(path)


def main(folder, verb, name="", *argv):
    for part in ("run", "logs"):
        os.makedirs(os.path.join(folder, part), mode=0o700 if part == "run" else 0o755, exist_ok=True)
    client = connect(folder)
    if not client and verb == "start":
        end_orphans(folder)
        serve_in_background(folder)
        client = connect(folder)
    if not client:
        if verb in ("stop", "end"):
            end_orphans(folder)
        return 0
    request = {"verb": verb, "name": name, "argv": argv, "cwd": folder,
               "environment": dict(os.environ)}
    with client:
        client.sendall(json.dumps(request).encode() + b"\n")
        line = client.makefile("rb").readline()
    answer = json.loads(line) if line else {"error": "the supervisor went away"}
    if "error" in answer:
        print(f"cannot {verb} {name}: {answer['error']}", file=sys.stderr)
        return 1
    if answer["said"]:
        print(answer["said"])
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[2] not in ("start", "stop", "end", "list"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
