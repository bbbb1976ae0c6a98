"""Goes on with the task of this folder's last run: Task.init(continue_last_task=...)."""
import sys

from clearml import Task

offset = {"true": True, "zero": 0}[sys.argv[1]]
task = Task.init(project_name="again", task_name="again", continue_last_task=offset)
print("task", task.id, "offset", task.get_initial_iteration())
for step in range(3):
    task.get_logger().report_scalar("loss", "a", value=step, iteration=step)
