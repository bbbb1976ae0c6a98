"""Waits for an artifact, logs the same content again, sends an alert, looks for another run."""
import os

import wandb

run = wandb.init(project="artifacts")
os.makedirs("data", exist_ok=True)
for name in ("a", "b/c", "ä ö"):
    os.makedirs(os.path.dirname(f"data/{name}") or ".", exist_ok=True)
    with open(f"data/{name}.txt", "w", encoding="utf-8") as file:
        file.write(name * 1000)


def data_set():
    artifact = wandb.Artifact("data", type="dataset")
    artifact.add_dir("data")
    return artifact


first = run.log_artifact(data_set()).wait()
print("version", first.version)
again = run.log_artifact(data_set()).wait()
print("again", again.version)
run.alert("title", "text")
histogram = wandb.Histogram([1, 2, 3])
wandb.log({"weights": histogram, "loss": 1})
try:
    print("other runs", len(wandb.Api(timeout=5).runs("pedigree/artifacts")))
except Exception as error:  # the SDKs raise several kinds
    print("refused:", str(error)[:200])
wandb.finish()
