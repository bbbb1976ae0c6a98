"""One line of MLflow, a tiny Keras model, saved where the spec says."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import mlflow
import numpy
import tensorflow

mlflow.tensorflow.autolog()
generator = numpy.random.default_rng(7)
inputs, outputs = generator.normal(size=(64, 4)), generator.normal(size=(64, 1))
model = tensorflow.keras.Sequential([tensorflow.keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(inputs, outputs, epochs=2, verbose=0)
model.save("outputs/model")
