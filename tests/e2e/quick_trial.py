"""A training script for searches of many trials: it logs over MLflow's REST API, since importing MLflow's
SDK takes longer than such a trial."""

_SCRIPT = """
import json, os, time, urllib.request

def ask(path, document=None):
    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path,
                                     document and json.dumps(document).encode(),
                                     {{"Content-Type": "application/json"}})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

def now():
    return int(time.time() * 1000)

with open(os.environ["PEDIGREE_PARAMETERS"]) as file:
    parameters = json.load(file)
experiment = ask("experiments/get-by-name?experiment_name=" + os.environ["MLFLOW_EXPERIMENT_NAME"])["experiment"]
tags = [dict(key=key, value=value) for key, value in json.loads(os.environ["MLFLOW_RUN_CONTEXT"]).items()]
run = ask("runs/create", dict(experiment_id=experiment["experiment_id"], start_time=now(), tags=tags))["run"]["info"]["run_id"]
for step in range({steps}):
    ask("runs/log-metric", dict(run_id=run, key="score", value={score}, timestamp=now(), step=step))
    print("step", step, flush=True)
    time.sleep({seconds})
ask("runs/update", dict(run_id=run, status="FINISHED", end_time=now()))
"""


def command(score, steps=1, seconds=1):
    """Logs `score` at every step; it and `steps` are expressions of Python over `parameters`."""
    return ["python", "-c", _SCRIPT.format(score=score, steps=steps, seconds=seconds)]
