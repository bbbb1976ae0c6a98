"""Two epochs on made-up digits, tracked by ClearML as its guides have it."""
import json
import os

import numpy
import tensorflow
from clearml import OutputModel, Task


def read_parameters():
    with open(os.environ["PEDIGREE_PARAMETERS"]) as file:
        return {"train.learning_rate": 0.001, **json.load(file)}


def main():
    task = Task.init(project_name="digits", task_name="dense", output_uri=True)
    parameters = task.connect({"epochs": 2, **read_parameters()})
    images = numpy.random.default_rng(0).random((256, 28, 28), dtype=numpy.float32)
    labels = numpy.arange(256) % 10
    model = tensorflow.keras.Sequential([
        tensorflow.keras.layers.Flatten(input_shape=(28, 28)),
        tensorflow.keras.layers.Dense(16, activation="relu"),
        tensorflow.keras.layers.Dense(10),
    ])
    model.compile(tensorflow.keras.optimizers.Adam(parameters["train.learning_rate"]),
                  tensorflow.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(images, labels, epochs=parameters["epochs"], verbose=2)
    for epoch, loss in enumerate(history.history["loss"]):
        task.get_logger().report_scalar("loss", "train", value=loss, iteration=epoch)
    model.save("outputs/model")
    task.upload_artifact("history", history.history)
    digits = OutputModel(task=task, name="digits", framework="TensorFlow")
    digits.update_weights_package(weights_path="outputs/model", auto_delete_file=False)
    print("last loss", loss)
    task.close()


if __name__ == "__main__":
    main()
