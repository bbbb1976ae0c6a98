# Ordinary training that logs much: 2,200 parameters of 6,000 characters, 5,000 metrics with long names, 16,000 files.
run, number = new_run()
for batch in range(22):
    api("runs/log-batch", {"run_id": run, "params": [{"key": f"p{batch:02d}{each:03d}", "value": chr(97 + each % 26) * 6000}
                                                     for each in range(100)]})
for batch in range(5):
    api("runs/log-batch", {"run_id": run, "metrics": [
        {"key": f"m{batch * 1000 + each:05d}" + "x" * 204, "value": 0.5 + each / 7, "timestamp": 1, "step": 0}
        for each in range(1000)]})
os.makedirs("outputs/many", exist_ok=True)
for each in range(16000):
    with open(f"outputs/many/f{each:06d}", "w") as file:
        file.write(str(each))
