"""An own experiment, an outer run with nested phases, a tag in another script."""
import mlflow

mlflow.set_experiment("in-code-experiment")
with mlflow.start_run(run_name="outer"):
    for phase in ("data", "features", "training", "evaluation"):
        with mlflow.start_run(run_name=phase, nested=True):
            mlflow.log_metric("seconds", 1.5)
            mlflow.set_tag("stage", "阶段-" + phase)
