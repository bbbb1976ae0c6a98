"""What a ClearML script of an article does: Task.init, connect, report_scalar, artifacts, a model."""
import argparse

import numpy
from clearml import OutputModel, Task

task = Task.init(project_name="mnist/sub", task_name="first run", tags=["a", "ü"], output_uri=True)
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--name", default="x y")
arguments = parser.parse_args()
parameters = task.connect({"batch": 64, "lr": 0.1, "nested": {"a": 1, "b": [1, 2]}})
task.connect_configuration({"layers": [1, 2, 3]}, name="net")
print("epochs", arguments.epochs, type(arguments.epochs).__name__, "batch", parameters["batch"],
      type(parameters["batch"]).__name__)
logger = task.get_logger()
for epoch in range(arguments.epochs):
    logger.report_scalar("loss", "train", value=1 / (epoch + 1), iteration=epoch)
    logger.report_scalar("损失", "val/ä", value=float("nan") if epoch == 1 else 2, iteration=epoch)
    print("epoch", epoch)
logger.report_single_value("best", 0.5)
logger.report_single_value("best", 0.9)
logger.report_table("table", "series", iteration=0, table_plot=[[1, 2], [3, 4]])
logger.report_histogram("histogram", "series", iteration=0, values=[1, 2, 3])
logger.report_image("image", "x", iteration=0, image=numpy.full((8, 8, 3), 128, dtype="uint8"))
task.upload_artifact("data", {"a": 1, "b": 2})
with open("ä \"file\".bin", "wb") as file:
    file.write(b"a" * 300_000)
task.upload_artifact("odd ö", "ä \"file\".bin", wait_on_upload=True)
with open("model.bin", "wb") as file:
    file.write(b"m" * 100_000)
model = OutputModel(task=task, framework="PyTorch", name="net")
model.update_weights("model.bin", auto_delete_file=False)
task.add_tags(["later"])
task.set_comment("a note")
task.close()
print("done")
