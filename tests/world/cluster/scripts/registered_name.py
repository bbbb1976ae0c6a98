import mlflow


class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


with mlflow.start_run():
    mlflow.log_metric("val_accuracy", 0.9)
    mlflow.pyfunc.log_model(name="model", python_model=Model(), registered_model_name="world-model")
print("ended well")
