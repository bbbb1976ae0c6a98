"""Goes on with its run, as W&B's documentation says."""
import wandb

run = wandb.init(project="resumed", config={"lr": 0.1}, resume="allow")
print("begins at", run.step)
for epoch in range(3):
    wandb.log({"loss": 1.0 / (run.step + 1)})
wandb.finish()
