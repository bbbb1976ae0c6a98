"""Calls that only a server could answer, one after the other; the script goes on behind each."""
import sys

from clearml import Task

task = Task.init(project_name="reads", task_name="reads")
logger = task.get_logger()
logger.report_scalar("loss", "a", value=1, iteration=7)
logger.flush(wait=True)
task.upload_artifact("data", {"a": 1}, wait_on_upload=True)


def attempt(name, call):
    try:
        print("RETURNED", name, repr(call())[:200])
    except Exception as error:  # noqa: the test looks at what it was
        print("RAISED", name, type(error).__name__, str(error)[:300].replace("\n", " "))


attempt("tasks of another project", lambda: Task.get_tasks(project_name="other"))
attempt("task by name", lambda: Task.get_task(project_name="other", task_name="x"))
attempt("task by id", lambda: Task.get_task(task_id="0" * 32))
attempt("tasks by tag", lambda: Task.get_tasks(tags=["best"]))
attempt("scalars", task.get_reported_scalars)
attempt("console", task.get_reported_console_output)
attempt("clone", lambda: Task.clone(task, name="copy"))
attempt("enqueue", lambda: Task.enqueue(task, queue_name="default"))
attempt("artifact", lambda: task.artifacts["data"].get())
attempt("last iteration", task.get_last_iteration)
attempt("status", task.get_status)
if "remotely" in sys.argv:
    attempt("remotely", lambda: task.execute_remotely(queue_name="default"))
print("done")
