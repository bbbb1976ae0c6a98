import mlflow


class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


with mlflow.start_run():
    mlflow.log_artifacts(".", "snapshot")
    mlflow.pyfunc.log_model(name="model", python_model=Model(), code_paths=["."])
print("logged")
