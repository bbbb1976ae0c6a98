"""Logs so many rows as its argument says, ten a second."""
import sys
import time

import wandb

wandb.init(project="steps", config={"lr": 0.5})
for step in range(int(sys.argv[1])):
    wandb.log({"loss": 1.0 / (step + 1)})
    print("row", flush=True)
    time.sleep(0.1)
