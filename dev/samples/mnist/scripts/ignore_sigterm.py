"""Ignores SIGTERM and SIGINT and waits ten minutes: only SIGKILL ends it sooner."""
import signal
import time

signal.signal(signal.SIGTERM, lambda *_: print("SIGTERM is ignored", flush=True))
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("waiting", flush=True)
end = time.monotonic() + 600
while time.monotonic() < end:
    time.sleep(1)
