"""A parameter of a problem, said to each tool in its own words.

Numbers with a natural order go to Optuna as suggest_int of their index, the best it can be given;
suggest_categorical would hide the order from it.
"""
import dataclasses
import functools
import json
import math


@dataclasses.dataclass(frozen=True)
class Parameter:
    """`values` or the range [low, high]; `ordinal`: neighbours among the values are alike. `when`: the
    other parameter and the values of it that make this one active; without them it has no value."""
    name: str
    low: float = 0
    high: float = 1
    log: bool = False
    whole: bool = False
    values: tuple = ()
    ordinal: bool = False
    when: tuple = ()

    def active(self, point):
        return not self.when or point.get(self.when[0]) in self.when[1]

    def draw(self, generator):
        if self.values:
            return self.values[generator.integers(len(self.values))]
        if self.whole:
            return int(generator.integers(self.low, self.high + 1))
        if self.log:
            return math.exp(generator.uniform(math.log(self.low), math.log(self.high)))
        return generator.uniform(self.low, self.high)

    def place(self, value):
        """Where in [0, 1] a value lies; 0 for a parameter without a value."""
        if value is None:
            return 0.0
        if self.values:
            return self.values.index(value) / max(1, len(self.values) - 1)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, place):
        """The value at a place of a range; beyond [0, 1] the range goes on."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + place * (self.high - self.low)

    def ask_optuna(self, trial):
        if self.ordinal:
            return self.values[trial.suggest_int(self.name, 0, len(self.values) - 1)]
        if self.values:
            return trial.suggest_categorical(self.name, self.values)
        if self.whole:
            return trial.suggest_int(self.name, self.low, self.high)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)

    def document(self):
        """As it stands under `search:` in an Experiment."""
        said = {"name": self.name}
        if set(self.values) == {False, True}:
            said["type"] = "Bool"
        elif self.values:
            numbers = self.ordinal and not any(isinstance(value, str) for value in self.values)
            said |= {"type": "Discrete" if numbers else "Categorical", "values": list(self.values)}
            if self.ordinal and not numbers:
                said["ordered"] = True
        else:
            said |= {"type": "Int" if self.whole else "Float", "min": self.low, "max": self.high}
            if self.log:
                said["scale"] = "Log"
        if self.when:
            said["when"] = {self.when[0]: list(self.when[1])}
        return said


real = Parameter
logarithmic = functools.partial(Parameter, log=True)
whole = functools.partial(Parameter, whole=True)


def ordinal(name, values, **more):
    return Parameter(name, values=tuple(values), ordinal=True, **more)


def choice(name, values, **more):
    return Parameter(name, values=tuple(values), **more)


def fill(space, ask):
    """A point: the value that `ask` gives each active parameter; parents stand before their children."""
    point = {}
    for parameter in space:
        if parameter.active(point):
            point[parameter.name] = ask(parameter)
    return point


def key_of(point):
    """Text that is the same for the same point, whichever tool it comes from."""
    return json.dumps({name: float(value) if type(value) is int else value for name, value in point.items()},
                      sort_keys=True)
