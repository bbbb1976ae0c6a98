"""Many keys, many rows, odd names, what is no number."""
import wandb

wandb.init(project="wide")
for row in range(3):
    wandb.log({f"layer/{key}": key * row for key in range(10_000)})
for row in range(2000):
    wandb.log({"loss": row, "名前": float("nan"), "a b=c;d": row, "": 1, "text": "x" * 100})
wandb.finish()
