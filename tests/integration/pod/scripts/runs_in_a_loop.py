"""Three runs over learning rates, as users write them; no word of pedigree."""
import mlflow

for learning_rate in (0.1, 0.01, 0.001):
    with mlflow.start_run():
        mlflow.log_param("learning_rate", learning_rate)
        for step in range(5):
            mlflow.log_metric("loss", learning_rate / (step + 1), step=step)
        mlflow.log_text("rate %s\n" % learning_rate, "notes/rate.txt")
