"""Bodies in many spellings, straight to the recorder: whatever MLflow's own parser makes of what is sent on, the
stranger's run must stay as it is."""
import json
import os
import random
import urllib.error
import urllib.request

import mlflow

STRANGER = open("stranger").read()
KEYS = ["run_id", "runId", "run_uuid", "runUuid", "RUN_ID", "\\u0072un_id", "runI\\u0064", "key", "k\\u0065y", "value",
        "[run_id]", "run_id ", "model_id"]


def post(call, text):
    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + call,
                                     data=text.encode("utf-8", "surrogatepass"), method="POST",
                                     headers={"Content-Type": "application/json"})
    try:
        return urllib.request.urlopen(request, timeout=60).status
    except urllib.error.HTTPError as error:
        return error.code


chance = random.Random(7)
with mlflow.start_run() as run:
    own = run.info.run_id
    values = [f'"{own}"', f'"{own}"', f'"{STRANGER}"', f'"\\u{ord(STRANGER[0]):04x}{STRANGER[1:]}"', '"x"', '"pedigree.x"',
              "null", "NaN", "1", '""', "{}", "[]", '"NaN"']
    statuses = {}
    for _ in range(400):
        fields = [(chance.choice(KEYS), chance.choice(values)) for _ in range(chance.randint(1, 5))]
        if chance.random() < 0.3:  # an honest one, but for its spelling
            fields = [(chance.choice(KEYS[:4]), f'"{own}"'), ("[run_id]", f'"{STRANGER}"')]
        if chance.random() < 0.7:
            fields += [("key", '"x"'), ("value", chance.choice(('"1"', "0.5")))]
            chance.shuffle(fields)
        text = "{" + ",".join(f'"{key}":{value}' for key, value in fields) + "}"
        if chance.random() < 0.1:
            text = json.dumps(text)
        call = chance.choice(("runs/set-tag", "runs/log-metric", "runs/log-parameter", "runs/delete-tag"))
        status = post(call, text)
        statuses[status] = statuses.get(status, 0) + 1
    batch = {"metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 0}], "tags": [{"key": "x", "value": "1"}]}
    for named in ({"run_id": own, "runId": STRANGER}, {"runId": STRANGER}, {"run_id": STRANGER}):
        assert post("runs/log-batch", json.dumps({**named, **batch})) in (400, 403)
    assert post("runs/log-batch", json.dumps({"runId": own, **batch})) == 200
print("statuses", statuses)
assert statuses.get(200, 0) > 5 and statuses.get(400, 0) > 50 and statuses.get(403, 0) > 5, statuses
