"""The SDK's exit handler will call this run FINISHED."""
import mlflow

mlflow.start_run()
mlflow.log_metric("loss", 3.0)
raise SystemExit(3)
