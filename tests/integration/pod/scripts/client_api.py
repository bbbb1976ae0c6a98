"""MlflowClient.create_run resolves no context tags: only the recorder can tie it."""
from mlflow import MlflowClient

client = MlflowClient()
experiment = client.create_experiment("client-experiment")
run = client.create_run(experiment)
client.log_metric(run.info.run_id, "accuracy", 0.75)
client.set_terminated(run.info.run_id)
