"""Trains while the server goes away and comes back."""
import os
import pathlib
import time

import mlflow

with mlflow.start_run():
    for step in range(40):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        pathlib.Path("at_step").write_text(str(step))
        if step == 10:
            pathlib.Path("stop_server").touch()
            while not os.path.exists("server_stopped"):
                time.sleep(0.05)
    pathlib.Path("all_logged").touch()
