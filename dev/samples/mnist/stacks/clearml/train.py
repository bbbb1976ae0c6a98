"""Two epochs on made-up digits, tracked by ClearML without a server (its offline mode)."""
import json
import os

import numpy
import tensorflow
from clearml import Task


def read_parameters():
    with open(os.environ["PEDIGREE_PARAMETERS"]) as file:
        return {"train.learning_rate": 0.001, **json.load(file)}


def main():
    Task.set_offline(offline_mode=True)
    task = Task.init(project_name="digits", task_name="offline", auto_connect_frameworks=True)
    parameters = task.connect(read_parameters())
    images = numpy.random.default_rng(0).random((256, 28, 28), dtype=numpy.float32)
    labels = numpy.arange(256) % 10
    model = tensorflow.keras.Sequential([
        tensorflow.keras.layers.Flatten(input_shape=(28, 28)),
        tensorflow.keras.layers.Dense(16, activation="relu"),
        tensorflow.keras.layers.Dense(10),
    ])
    model.compile(tensorflow.keras.optimizers.Adam(parameters["train.learning_rate"]),
                  tensorflow.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(images, labels, epochs=2, verbose=2)
    for epoch, loss in enumerate(history.history["loss"]):
        task.get_logger().report_scalar("loss", "train", loss, epoch)
    model.save("outputs/model")
    task.close()
    print("session", os.path.isfile(task.get_offline_mode_folder().as_posix() + ".zip"))


if __name__ == "__main__":
    main()
