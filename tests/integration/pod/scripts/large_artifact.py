"""One artifact larger than the recorder's memory may be."""
import mlflow

with open("large.bin", "wb") as out:
    for piece in range(500):
        out.write(piece.to_bytes(4, "big") * 250000)
with mlflow.start_run():
    mlflow.log_artifact("large.bin")
