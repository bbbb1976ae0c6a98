"""What a training script must not be able to do through the recorder."""
import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException
from requests import HTTPError

client = MlflowClient()
refused = 0
for forbidden in (
    lambda: client.delete_experiment("0"),
    lambda: client.delete_registered_model("stolen"),
    lambda: client.set_tag(open("stranger").read(), "x", "y"),
    lambda: client.log_text(open("stranger").read(), "x", "x.txt"),
    lambda: client.delete_run(open("stranger").read()),
):
    try:
        forbidden()
    except (MlflowException, RestException, HTTPError) as error:
        assert "pedigree" in str(error), error
        refused += 1
print("refused", refused, flush=True)
