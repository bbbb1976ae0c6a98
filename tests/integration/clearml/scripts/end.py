"""Ends as it is told to: code, exception, or never (ten rows a second)."""
import sys
import time

from clearml import Task

task = Task.init(project_name="ends", task_name=sys.argv[1])
logger = task.get_logger()
for step in range(5):
    logger.report_scalar("loss", "a", value=step, iteration=step)
if sys.argv[1] == "code":
    sys.exit(3)
if sys.argv[1] == "exception":
    raise ValueError("boom")
for step in range(5, 5 + int(sys.argv[2])):
    logger.report_scalar("loss", "a", value=step, iteration=step)
    print("row", step, flush=True)
    time.sleep(0.1)
