"""Trains a small digit classifier on /data/mnist.npz and saves it as outputs/model."""
import argparse
import json
import os

import mlflow
import numpy as np
import tensorflow as tf


def read_options():
    parameters = {
        "train.learning_rate": 0.001,
        "train.batch_size": 64,
        "train.epochs": 3,
        "model.hidden_units": 64,
    }
    path = os.environ.get("PEDIGREE_PARAMETERS")
    if path:
        with open(path) as file:
            parameters.update(json.load(file))
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="/data/mnist.npz")
    for name, value in parameters.items():
        parser.add_argument("--" + name.split(".")[-1], type=type(value), default=value)
    return parser.parse_args()


def load(path):
    with np.load(path) as arrays:
        pixels = [arrays[name][..., np.newaxis] / np.float32(255) for name in ("x_train", "x_test")]
        return (pixels[0], arrays["y_train"]), (pixels[1], arrays["y_test"])


def build(hidden_units, learning_rate):
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Input((28, 28, 1)),
            tf.keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            tf.keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(hidden_units, activation="relu"),
            tf.keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    options = read_options()
    tf.keras.utils.set_random_seed(int(os.environ.get("PEDIGREE_SEED", "7")))
    mlflow.tensorflow.autolog()
    train, test = load(options.data)
    model = build(options.hidden_units, options.learning_rate)
    model.fit(
        *train,
        validation_data=test,
        batch_size=options.batch_size,
        epochs=options.epochs,
        verbose=2,
    )
    model.save("outputs/model")


if __name__ == "__main__":
    main()
