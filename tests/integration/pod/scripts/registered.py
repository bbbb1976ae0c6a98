"""A model logged with registered_model_name, as scripts for a free server do."""
import mlflow


class Constant(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [1]


with mlflow.start_run():
    mlflow.pyfunc.log_model(name="model", python_model=Constant(), registered_model_name="churn",
                            pip_requirements=["mlflow"])
print("ended well")
