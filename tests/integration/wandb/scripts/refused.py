"""Asks for what no pod has: a sweep."""
import wandb

try:
    wandb.sweep({"method": "random", "parameters": {"lr": {"values": [1, 2]}}}, project="refused")
except Exception as error:  # the SDKs raise several kinds
    print("refused:", str(error)[:300])
wandb.init(project="refused")
wandb.log({"loss": 1})
wandb.finish()
