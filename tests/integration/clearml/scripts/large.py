"""Uploads a file of so many MiB, and reads it back."""
import sys

from clearml import Task

task = Task.init(project_name="large", task_name="large")
with open("large.bin", "wb") as file:
    for _ in range(int(sys.argv[1])):
        file.write(b"x" * 1024 * 1024)
task.upload_artifact("large", "large.bin", wait_on_upload=True)
with open(task.artifacts["large"].get_local_copy(force_download=True), "rb") as file:
    size = 0
    while piece := file.read(1024 * 1024):
        size += len(piece)
        assert piece.count(b"x") == len(piece)
print("READ", size)
