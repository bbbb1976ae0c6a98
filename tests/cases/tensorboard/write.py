#!/usr/bin/env python3
"""How the event files here were made, by the real writers: TensorFlow 2.13.0 with tensorboard 2.13.0
(`write.py tensorflow FOLDER`) and tensorboardX 2.6.5 (`write.py tensorboardx FOLDER`). Each file stands here as
lines of hex digits, named after its folder and its writer."""
import pathlib
import sys


def tensorflow(root):
    import numpy
    import tensorflow as tf
    from tensorboard.plugins.hparams import api as hp

    units, rate = hp.HParam("units", hp.Discrete([4, 8])), hp.HParam("lr", hp.RealInterval(0.001, 0.1))
    optimizer, norm = hp.HParam("optimizer", hp.Discrete(["adam", "sgd"])), hp.HParam("batch_norm", hp.Discrete([True, False]))
    with tf.summary.create_file_writer(f"{root}/hparam_tuning").as_default():
        hp.hparams_config(hparams=[units, rate, optimizer, norm], metrics=[hp.Metric("accuracy", display_name="Accuracy")])
    with tf.summary.create_file_writer(f"{root}/hparam_tuning/run-0").as_default():
        hp.hparams({units: 4, rate: 0.01, optimizer: "adam", norm: True})
        for step, value in enumerate([0.5, 0.25, 0.75]):
            tf.summary.scalar("accuracy", value, step=step)
        tf.summary.image("digits", numpy.zeros((1, 4, 4, 1), numpy.float32), step=0)
        tf.summary.histogram("weights", numpy.arange(4.0), step=0)
        tf.summary.text("note", "hello", step=0)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.fit(numpy.zeros((8, 2), numpy.float32), numpy.zeros((8, 1), numpy.float32), epochs=2, verbose=0, callbacks=[
        tf.keras.callbacks.TensorBoard(f"{root}/keras", profile_batch=0),
        hp.KerasCallback(f"{root}/keras", {units: 8, rate: 0.001})])
    with tf.Graph().as_default():
        writer = tf.compat.v1.summary.FileWriter(f"{root}/tf1")
        for step, value in enumerate([1.5, float("nan"), -2.0]):
            writer.add_summary(tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag="loss", simple_value=value)]), step)
        writer.close()


def tensorboardx(root):
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(f"{root}/tensorboardx")
    for step in range(3):
        writer.add_scalar("loss", 1.0 / (step + 1), step)
    writer.add_hparams({"lr": 0.1, "bsize": 32, "name": "net"}, {"hparam/accuracy": 0.875}, name="trial")
    writer.close()


def main():
    kind, root = sys.argv[1:]
    {"tensorflow": tensorflow, "tensorboardx": tensorboardx}[kind](root)
    for path in sorted(pathlib.Path(root).rglob("*tfevents*")):
        digits = path.read_bytes().hex()
        name = str(path.parent.relative_to(root)).replace("/", "_") + ".hex"
        lines = [digits[at:at + 100] for at in range(0, len(digits), 100)]
        (pathlib.Path(__file__).parent / name).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
