# Writes the launcher's report itself, so that the recording ends, and uploads something behind it.
folder = "/opt/pedigree/exchange"
new_run("before")
try:
    for _ in range(200):
        with open(folder + "/x", "w") as file:
            json.dump({"exitCode": 0, "signal": 0, "started": True}, file)
        os.rename(folder + "/x", folder + "/report.json")
        time.sleep(0.01)
    print("WRITTEN")
except OSError as problem:
    print("NOT WRITTEN", problem)
try:
    print("LATE", new_run("late")[0])
except Exception as problem:
    print("CLOSED", repr(problem))
os.makedirs("outputs/model", exist_ok=True)
open("outputs/model/late.bin", "w").write("written behind the report")
time.sleep(1)
