"""A training loop as articles write it, with all that a W&B script usually does. Nothing of pedigree's."""
import os

import wandb

run = wandb.init(
    project="mnist", config={"lr": 0.1, "epochs": 3}, name="first", group="g1", tags=["a", "b"],
    job_type="train", notes="a note",
)
run.define_metric("acc", summary="max")
wandb.config.update({"batch": 64})
for epoch in range(wandb.config.epochs):
    wandb.log({
        "loss": 1.0 / (epoch + 1), "acc": 0.5 + epoch * 0.1, "layer": {"norm": epoch},
        "nan": float("nan"), "inf": float("inf"), "损失": epoch * 0.5,
    })
    print("epoch", epoch)
if os.environ.get("WANDB_MODE") != "offline":
    wandb.log({"predictions": wandb.Table(columns=["truth", "guess"], data=[[1, "x"], [2, "y"]])})
    os.makedirs("out", exist_ok=True)
    with open("out/model.bin", "wb") as model:
        model.write(b"m" * 100_000)
    artifact = wandb.Artifact("model", type="model", metadata={"framework": "none"})
    artifact.add_file("out/model.bin")
    wandb.log_artifact(artifact, aliases=["best"])
    wandb.save("out/model.bin")
wandb.run.summary["best"] = 0.9
wandb.finish()
print("done")
