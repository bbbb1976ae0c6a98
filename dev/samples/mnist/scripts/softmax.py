"""A softmax regression in NumPy: enough of a training for scripts that are about something else."""
import os

import numpy as np


def load(path=os.environ.get("MNIST", "/data/mnist.npz")):
    with np.load(path) as arrays:
        flat = [arrays[name].reshape(len(arrays[name]), -1) / 255 for name in ("x_train", "x_test")]
        return (flat[0], arrays["y_train"]), (flat[1], arrays["y_test"])


def accuracy(weights, images, labels):
    return float(np.mean(np.argmax(images @ weights, axis=1) == labels))


def fit(train, test, learning_rate, epochs=5):
    """Yields the weights and the accuracy on the test images after each epoch."""
    images, labels = train
    weights = np.zeros((images.shape[1], 10))
    for _ in range(epochs):
        for start in range(0, len(images), 64):
            batch = images[start : start + 64]
            scores = batch @ weights
            likelihoods = np.exp(scores - scores.max(axis=1, keepdims=True))
            likelihoods /= likelihoods.sum(axis=1, keepdims=True)
            likelihoods[np.arange(len(batch)), labels[start : start + 64]] -= 1
            weights -= learning_rate * batch.T @ likelihoods / len(batch)
        yield weights, accuracy(weights, *test)
