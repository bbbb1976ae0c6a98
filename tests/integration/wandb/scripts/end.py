"""Logs some rows, then ends as its argument says: code, exception, loop."""
import sys
import time

import wandb

wandb.init(project="ends")
for step in range(5):
    wandb.log({"loss": 1.0 / (step + 1)})
if sys.argv[1] == "code":
    sys.exit(3)
if sys.argv[1] == "exception":
    raise ValueError("boom")
print("looping", flush=True)
for step in range(5, 100_000):
    wandb.log({"loss": 1.0 / (step + 1)})
    print("row", flush=True)
    time.sleep(0.1)
