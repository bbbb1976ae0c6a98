"""Two epochs on made-up digits, tracked by Weights & Biases without a server (its offline mode)."""
import json
import os
import pathlib

import numpy
import tensorflow
import wandb
from sklearn.metrics import accuracy_score


def read_parameters():
    with open(os.environ["PEDIGREE_PARAMETERS"]) as file:
        return {"train.learning_rate": 0.001, **json.load(file)}


def main():
    run = wandb.init(project="digits", mode="offline", config=read_parameters())
    images = numpy.random.default_rng(0).random((256, 28, 28), dtype=numpy.float32)
    labels = numpy.arange(256) % 10
    model = tensorflow.keras.Sequential([
        tensorflow.keras.layers.Flatten(input_shape=(28, 28)),
        tensorflow.keras.layers.Dense(16, activation="relu"),
        tensorflow.keras.layers.Dense(10),
    ])
    model.compile(tensorflow.keras.optimizers.Adam(run.config["train.learning_rate"]),
                  tensorflow.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for loss in model.fit(images, labels, epochs=2, verbose=2).history["loss"]:
        run.log({"loss": loss})
    run.log({"accuracy": accuracy_score(labels, model.predict(images, verbose=0).argmax(axis=1))})
    model.save("outputs/model")
    folder = pathlib.Path(run.dir).parent
    run.finish()
    print("offline run", any(folder.glob("*.wandb")))


if __name__ == "__main__":
    main()
