"""Three MLflow runs, one for each learning rate; the best weights become the model."""
import os

import mlflow
import numpy as np

import softmax


def train_one(learning_rate, train, test):
    with mlflow.start_run(run_name=f"learning-rate-{learning_rate}"):
        mlflow.log_param("learning_rate", learning_rate)
        for epoch, (weights, accuracy) in enumerate(softmax.fit(train, test, learning_rate)):
            mlflow.log_metric("val_accuracy", accuracy, step=epoch)
        print(f"learning rate {learning_rate}: val_accuracy {accuracy:.3f}", flush=True)
        return accuracy, weights


def main():
    train, test = softmax.load()
    trained = [train_one(rate, train, test) for rate in (0.001, 0.01, 0.1)]
    os.makedirs("outputs/model", exist_ok=True)
    np.save("outputs/model/weights.npy", max(trained, key=lambda pair: pair[0])[1])


main()
