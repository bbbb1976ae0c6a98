# What a run says of itself, longer than anybody expects, beside a model that must not be lost by it.
run, number = new_run("long")
raw("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{number}/{run}/artifacts/model/MLmodel", b"flavors: {}",
    "application/octet-stream")
for status in ("S" * 5000, "S" * 1025, ""):
    api("runs/update", {"run_id": run, "status": status})
api("runs/update", {"run_id": run, "run_name": "N" * 250})
api("runs/update", {"run_id": "", "status": "FINISHED"})
api("runs/set-tag", {"run_id": run, "key": "nul\0", "value": "\0"})
