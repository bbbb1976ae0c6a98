"""A script that sets what a search has set already."""
import wandb

wandb.init(project="locked", config={"lr": 0.5, "epochs": 2})
wandb.config.update({"lr": 0.7}, allow_val_change=True)
print("lr", wandb.config.lr)
wandb.log({"loss": 1})
wandb.finish()
