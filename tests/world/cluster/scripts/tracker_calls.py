import json, os, sys, time, urllib.error, urllib.request
URI = os.environ.get("MLFLOW_TRACKING_URI", "")


def raw(method, path, body=None, kind="application/json"):
    """(status, text) of a call past MLflow's client; each is printed."""
    request = urllib.request.Request(URI + path, data=body, method=method, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except OSError as error:
        status, text = -1, repr(error).encode()
    print(method, path[:90], (body or b"")[:120], "->", status, text[:200], flush=True)
    return status, text


def api(path, document, method="POST"):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    status, text = raw(method, "/api/2.0/mlflow/" + path, body)
    try:
        return status, json.loads(text)
    except ValueError:
        return status, {}


def new_run(name="own"):
    _, found = api("experiments/get-by-name?experiment_name=" + os.environ["MLFLOW_EXPERIMENT_NAME"], b"", "GET")
    number = found["experiment"]["experiment_id"]
    _, made = api("runs/create", {"experiment_id": number, "run_name": name, "start_time": int(time.time() * 1000)})
    return made["run"]["info"]["run_id"], number
