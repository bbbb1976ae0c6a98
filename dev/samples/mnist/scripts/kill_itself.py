"""Dies of SIGKILL inside an MLflow run, as a process that the kernel or a person killed."""
import os
import signal

import mlflow

mlflow.start_run()
mlflow.log_metric("loss", 1.0)
os.kill(os.getpid(), signal.SIGKILL)
