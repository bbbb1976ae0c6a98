"""Three learning rates, each trained a little and logged to a folder of its own, as HParams' tutorial does it."""
import numpy
import tensorflow
from tensorboard.plugins.hparams import api as hparams

RATE = hparams.HParam("learning_rate", hparams.Discrete([0.001, 0.01, 0.1]))
UNITS = hparams.HParam("units", hparams.Discrete([8]))
LOGS = "logs/hparam_tuning"


def train(folder, values, images, labels):
    tensorflow.keras.utils.set_random_seed(7)
    model = tensorflow.keras.Sequential([
        tensorflow.keras.layers.Flatten(input_shape=(8, 8)),
        tensorflow.keras.layers.Dense(values[UNITS], activation="relu"),
        tensorflow.keras.layers.Dense(10),
    ])
    model.compile(tensorflow.keras.optimizers.SGD(values[RATE]),
                  tensorflow.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    with tensorflow.summary.create_file_writer(folder).as_default():
        hparams.hparams(values)
        for epoch in range(3):
            _, accuracy = model.fit(images, labels, epochs=1, verbose=0).history.values()
            tensorflow.summary.scalar("accuracy", accuracy[-1], step=epoch)
    print(folder, "accuracy", accuracy[-1], flush=True)


def main():
    labels = numpy.arange(256) % 10
    images = numpy.eye(64, dtype=numpy.float32)[labels].reshape(-1, 8, 8)
    with tensorflow.summary.create_file_writer(LOGS).as_default():
        hparams.hparams_config(hparams=[RATE, UNITS], metrics=[hparams.Metric("accuracy")])
    for number, rate in enumerate(RATE.domain.values):
        train(f"{LOGS}/run-{number}", {RATE: rate, UNITS: 8}, images, labels)


if __name__ == "__main__":
    main()
