"""Uploads, and asks for it again: at once, when the store alone has it, and as a later script that knows the task's id."""
import hashlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

from clearml import StorageManager, Task

CONTENT = b"b" * 300_000


def check(task, when):
    path = task.artifacts["data ö"].get_local_copy(force_download=True)
    with open(path, "rb") as file:
        assert file.read() == CONTENT, when
    assert task.artifacts["table"].get(force_download=True) == {"a": 1}, when
    copy = StorageManager.get_local_copy(task.artifacts["data ö"].url, force_download=True)
    with open(copy, "rb") as file:
        print("READ", when, hashlib.sha256(file.read()).hexdigest())


def ask(url, method):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return answer.status, answer.headers["Content-Length"], len(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, None, None


if len(sys.argv) > 1:
    check(Task.get_task(task_id=sys.argv[1]), "later")
    sys.exit(0)
task = Task.init(project_name="reads", task_name="back")
with open("ä.bin", "wb") as data:
    data.write(CONTENT)
task.upload_artifact("data ö", "ä.bin", wait_on_upload=True)
task.upload_artifact("table", {"a": 1}, wait_on_upload=True)
check(task, "at once")
url = task.artifacts["data ö"].url
print("ASKED", ask(url, "GET"), ask(url, "HEAD"), ask(url + "x", "GET"), ask(url + "x", "HEAD"))
time.sleep(4)  # on its way to the store
check(task, "from the store")
environment = {name: value for name, value in os.environ.items() if not name.endswith("PROC_MASTER_ID")}
subprocess.run([sys.executable, __file__, task.id], check=True, env=environment)
