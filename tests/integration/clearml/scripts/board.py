"""TensorBoard's writer: ClearML logs by itself what is written there."""
from clearml import Task
from tensorboardX import SummaryWriter

task = Task.init(project_name="boards", task_name="board")
writer = SummaryWriter("logs")
for step in range(4):
    writer.add_scalar("train/loss", 1 / (step + 1), step)
writer.close()
