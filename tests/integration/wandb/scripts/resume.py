"""Goes on with its run, as W&B's documentation says."""
import wandb

run = wandb.init(project="resumed", config={"lr": 0.1}, resume="allow")
print("begins at", run.starting_step)
for epoch in range(3):
    wandb.log({"loss": 1.0 / (epoch + 1)})
wandb.finish()
