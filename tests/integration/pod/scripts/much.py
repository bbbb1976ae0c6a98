"""Ordinary training that logs much."""
import os
import sys

import mlflow
from mlflow.entities import Metric, Param

with mlflow.start_run() as run:
    client = mlflow.MlflowClient()
    for batch in range(2):
        client.log_batch(run.info.run_id, params=[Param(f"p{batch * 100 + i}", "v" * 6000) for i in range(100)])
    for batch in range(5):
        client.log_batch(run.info.run_id, metrics=[
            Metric(f"m{batch * 1000 + i:05}" + "x" * 200, 0.5, 1, 0) for i in range(1000)])
os.makedirs("outputs/many")
for i in range(int(open("files").read())):
    with open(f"outputs/many/f{i:06}", "w") as file:
        file.write(str(i))
