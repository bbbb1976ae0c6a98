"""Ignores SIGTERM and waits ten minutes: only SIGKILL ends it sooner."""
import signal
import time

signal.signal(signal.SIGTERM, lambda *_: print("SIGTERM is ignored", flush=True))
print("waiting", flush=True)
end = time.monotonic() + 600
while time.monotonic() < end:
    time.sleep(1)
