"""One MLflow run with a run inside for each stage, in an MLflow experiment of the script's own."""
import os

import mlflow
import numpy as np

import softmax


def main():
    mlflow.set_experiment("mnist-stages")
    with mlflow.start_run(run_name="pipeline"):
        with mlflow.start_run(run_name="data", nested=True):
            train, test = softmax.load()
            mlflow.log_params({"train_images": len(train[0]), "test_images": len(test[0])})
        with mlflow.start_run(run_name="features", nested=True):
            mean = train[0].mean(axis=0)
            train, test = (train[0] - mean, train[1]), (test[0] - mean, test[1])
            mlflow.log_metric("mean_pixel", float(mean.mean()))
        with mlflow.start_run(run_name="training", nested=True):
            for epoch, (weights, accuracy) in enumerate(softmax.fit(train, test, 0.05)):
                mlflow.log_metric("val_accuracy", accuracy, step=epoch)
            os.makedirs("outputs/model", exist_ok=True)
            np.savez("outputs/model/softmax.npz", mean=mean, weights=weights)
            mlflow.log_artifact("outputs/model/softmax.npz")
        with mlflow.start_run(run_name="evaluation", nested=True):
            mlflow.log_metric("accuracy", softmax.accuracy(weights, *test))
    print(f"accuracy {accuracy:.3f}", flush=True)


main()
