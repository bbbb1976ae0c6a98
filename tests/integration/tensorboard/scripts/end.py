"""Logs a trial, which its writer calls a SUCCESS at once, then ends as its argument says: well, exception, loop."""
import sys
import time

from tensorboardX import SummaryWriter

writer = SummaryWriter("logs")
writer.add_hparams({"lr": 0.1, "end": sys.argv[1]}, {"hparam/accuracy": 0.875}, name="trial")
writer.close()
print("logged", flush=True)
if sys.argv[1] == "exception":
    raise ValueError("boom")
if sys.argv[1] == "loop":
    time.sleep(1000)
