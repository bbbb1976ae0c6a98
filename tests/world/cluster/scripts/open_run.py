run, number = new_run("open")
api("runs/log-metric", {"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 0})
print("training", flush=True)
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
