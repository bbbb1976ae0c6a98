"""The small trainings behind the arena's tables: each is a full grid of settings on one of
scikit-learn's bundled data sets, trained for real, several seeds a point.

A training returns the validation error at each level of the grid's last parameter (epochs, trees):
one fit passes all of them, so that this dimension costs nothing. A seed decides the initial weights
and the order of the data; with trees, the random choices and the split too, so those are noisier.
"""
import dataclasses
import functools
import re
import typing
import warnings

import numpy
from sklearn import datasets, ensemble, exceptions, model_selection, neural_network, preprocessing

warnings.filterwarnings("ignore", category=exceptions.ConvergenceWarning)
SCALERS = {"none": preprocessing.FunctionTransformer, "standard": preprocessing.StandardScaler,
           "minmax": preprocessing.MinMaxScaler}
CHANCE = 1.0  # the error of a training that diverged
DIVERGED = re.compile("non-finite|NaN|infinity|overflow")


@dataclasses.dataclass
class Grid:
    name: str
    seeds: int
    ordinal: dict      # name: ascending values
    categorical: dict  # name: values without order
    levels: tuple      # name and ascending values of what a single fit passes through
    train: typing.Callable  # (settings, seed) -> the error at each level
    folder: str = "tables"


@functools.cache
def split(data, seed, rows, scaler="none"):
    """Training and validation part: inputs, then targets."""
    inputs, targets = getattr(datasets, f"load_{data}")(return_X_y=True)
    if data == "diabetes":
        targets = (targets - targets.mean()) / targets.std()
    parts = model_selection.train_test_split(inputs, targets, train_size=rows, random_state=seed)
    scale = SCALERS[scaler]().fit(parts[0])
    return scale.transform(parts[0]), scale.transform(parts[1]), parts[2], parts[3]


def train_network(make, parts, epochs):
    """Errors of a network after each of the epochs; one that diverges stays at chance."""
    inputs, held_back, targets, answers = parts
    network, errors = make(), []
    classes = {} if isinstance(network, neural_network.MLPRegressor) else {"classes": numpy.unique(targets)}
    with numpy.errstate(all="ignore"):
        for epoch in range(1, epochs[-1] + 1):
            try:
                network.partial_fit(inputs, targets, **classes)
                score = network.score(held_back, answers) if epoch in epochs else 0
            except ValueError as error:
                if not DIVERGED.search(str(error)):
                    raise
                return errors + [CHANCE] * (len(epochs) - len(errors))
            if epoch in epochs:
                errors.append(min(1 - score, CHANCE))
    return errors


def network_digits(settings, seed):
    make = functools.partial(
        neural_network.MLPClassifier, hidden_layer_sizes=(settings["units"],) * settings["layers"], random_state=seed,
        activation=settings["activation"], solver=settings["solver"], alpha=settings["weight_decay"],
        batch_size=settings["batch_size"], learning_rate_init=settings["learning_rate"])
    return train_network(make, split("digits", 0, 500, "standard"), NETWORK_DIGITS.levels[1])


def network_cancer(settings, seed, data="breast_cancer", rows=250):
    make = functools.partial(
        neural_network.MLPClassifier, hidden_layer_sizes=(settings["units"],), solver="sgd", random_state=seed,
        activation=settings["activation"], batch_size=settings["batch_size"], momentum=settings["momentum"],
        learning_rate_init=settings["learning_rate"], nesterovs_momentum=True)
    return train_network(make, split(data, 0, rows, settings["scaler"]), NETWORK_CANCER.levels[1])


def network_diabetes(settings, seed):
    make = functools.partial(
        neural_network.MLPRegressor, hidden_layer_sizes=(settings["units"],) * settings["layers"], random_state=seed,
        activation=settings["activation"], solver=settings["solver"], batch_size=settings["batch_size"],
        alpha=settings["weight_decay"], learning_rate_init=settings["learning_rate"])
    return train_network(make, split("diabetes", 0, 250, "standard"), NETWORK_DIABETES.levels[1])


def boosted_diabetes(settings, seed):
    inputs, held_back, targets, answers = split("diabetes", seed, 250)
    model = ensemble.GradientBoostingRegressor(
        n_estimators=BOOSTED_DIABETES.levels[1][-1], random_state=seed, **settings).fit(inputs, targets)
    errors = [numpy.mean((answers - guess) ** 2) for guess in model.staged_predict(held_back)]
    return [min(errors[trees - 1], CHANCE) for trees in BOOSTED_DIABETES.levels[1]]


def forest_digits(settings, seed, data="digits", rows=300):
    inputs, held_back, targets, answers = split(data, seed, rows)
    settings = dict(settings)
    extra = settings.pop("splits") == "random"
    model = (ensemble.ExtraTreesClassifier if extra else ensemble.RandomForestClassifier)(
        n_estimators=FOREST_DIGITS.levels[1][-1], random_state=seed, **settings).fit(inputs, targets)
    votes = numpy.cumsum([tree.predict_proba(held_back) for tree in model.estimators_], axis=0)
    return [numpy.mean(votes[trees - 1].argmax(axis=1) != answers) for trees in FOREST_DIGITS.levels[1]]


RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]
NETWORK_DIGITS = Grid(
    "network_digits", 3,
    {"learning_rate": RATES[:5], "units": [8, 16, 32, 64], "layers": [1, 2], "batch_size": [16, 64],
     "weight_decay": [0.0001, 0.1]},
    {"activation": ["relu", "tanh", "logistic"], "solver": ["adam", "sgd"]},
    ("epochs", [2, 4, 8, 16]), network_digits)
NETWORK_CANCER = Grid(
    "network_cancer", 3,
    {"learning_rate": RATES, "units": [4, 16, 64], "batch_size": [16, 64], "momentum": [0.0, 0.5, 0.9]},
    {"activation": ["relu", "tanh", "logistic"], "scaler": list(SCALERS)},
    ("epochs", [2, 4, 8, 16]), network_cancer)
NETWORK_DIABETES = Grid(
    "network_diabetes", 4,
    {"learning_rate": RATES, "units": [4, 16, 64], "layers": [1, 2], "batch_size": [16, 64], "weight_decay": [0.001, 1.0]},
    {"activation": ["relu", "tanh"], "solver": ["adam", "sgd"]},
    ("epochs", [2, 4, 8, 16]), network_diabetes)
BOOSTED_DIABETES = Grid(
    "boosted_diabetes", 3,
    {"learning_rate": [0.02, 0.05, 0.1, 0.2, 0.4], "max_depth": [1, 2, 3, 5], "min_samples_leaf": [1, 5, 20],
     "subsample": [0.4, 0.7, 1.0], "max_features": [0.2, 0.5, 1.0]},
    {"loss": ["squared_error", "huber"]},
    ("trees", [10, 20, 40, 80]), boosted_diabetes)
FOREST_DIGITS = Grid(
    "forest_digits", 4,
    {"max_depth": [3, 5, 8, 16], "max_features": [0.05, 0.1, 0.3, 1.0], "min_samples_leaf": [1, 2, 5]},
    {"criterion": ["gini", "entropy"], "splits": ["best", "random"], "bootstrap": [False, True]},
    ("trees", [4, 8, 16, 32]), forest_digits)


def curve_digits(settings, seed):
    make = functools.partial(
        neural_network.MLPClassifier, hidden_layer_sizes=(settings["units"],), random_state=seed,
        activation=settings["activation"], solver=settings["solver"], batch_size=settings["batch_size"],
        learning_rate_init=settings["learning_rate"])
    return train_network(make, split("digits", 0, 500, "standard"), EPOCHS)


def curve_diabetes(settings, seed):
    make = functools.partial(
        neural_network.MLPRegressor, hidden_layer_sizes=(settings["units"],) * 2, random_state=seed,
        activation=settings["activation"], solver=settings["solver"], batch_size=settings["batch_size"],
        learning_rate_init=settings["learning_rate"])
    return train_network(make, split("diabetes", 0, 250, "standard"), EPOCHS)


EPOCHS = range(1, 28)  # whole learning curves, for early stopping
CURVES = [
    Grid(f"curves_{train.__name__.removeprefix('curve_')}", 2,
         {"learning_rate": [*RATES, 0.3], "units": [4, 16, 64], "batch_size": [16, 32, 64]},
         {"activation": ["relu", "tanh", "logistic"], "solver": ["adam", "sgd"]},
         ("epochs", list(EPOCHS)), train, "curves")
    for train in (curve_digits, curve_diabetes)]
WARM = [  # spaces of tables above with other data, for warm start
    dataclasses.replace(NETWORK_CANCER, name="network_wine", folder="warm",
                        train=functools.partial(network_cancer, data="wine", rows=80)),
    dataclasses.replace(FOREST_DIGITS, name="forest_cancer", folder="warm",
                        train=functools.partial(forest_digits, data="breast_cancer", rows=150))]
GRIDS = [NETWORK_DIGITS, NETWORK_CANCER, NETWORK_DIABETES, BOOSTED_DIABETES, FOREST_DIGITS, *CURVES, *WARM]
