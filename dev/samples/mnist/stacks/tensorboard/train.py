"""Two epochs on made-up digits, logged for TensorBoard: scalars, HParams, and a profile's plugin."""
import importlib.metadata
import json
import os

import numpy
import tensorflow
from tensorboard.plugins.hparams import api as hparams

LOGS = "logs"


def read_parameters():
    with open(os.environ["PEDIGREE_PARAMETERS"]) as file:
        return {"train.learning_rate": 0.001, **json.load(file)}


def main():
    parameters = read_parameters()
    tensorflow.keras.utils.set_random_seed(int(os.environ.get("PEDIGREE_SEED", "0")))
    images = numpy.random.default_rng(0).random((256, 28, 28), dtype=numpy.float32)
    labels = numpy.arange(256) % 10
    model = tensorflow.keras.Sequential([
        tensorflow.keras.layers.Flatten(input_shape=(28, 28)),
        tensorflow.keras.layers.Dense(16, activation="relu"),
        tensorflow.keras.layers.Dense(10),
    ])
    model.compile(tensorflow.keras.optimizers.Adam(parameters["train.learning_rate"]),
                  tensorflow.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(images, labels, epochs=2, verbose=2, callbacks=[
        tensorflow.keras.callbacks.TensorBoard(LOGS),
        hparams.KerasCallback(LOGS, parameters),
    ])
    model.save("outputs/model")
    plugins = [each.name for each in importlib.metadata.entry_points(group="tensorboard_plugins")]
    print("plugins", *sorted(plugins))


if __name__ == "__main__":
    main()
