#!/usr/bin/env python3
"""Writes hparams_values.json: experiments as TensorBoard's own HParams API encodes them, which
pipeline/search/export is held to. Made with TensorBoard 2.21; run it again, with tensorboard
installed, with `python3 make_hparams_values.py > hparams_values.json`. Each has the search as it
stands under `search:` and the plugin data's bytes in hexadecimal."""

import json

from tensorboard.plugins.hparams import summary_v2 as hp

METRIC = "val_accuracy"


def domain(parameter):
    kind = parameter["type"]
    if kind in ("Float", "Int"):
        interval = hp.IntInterval if kind == "Int" else hp.RealInterval
        return interval(parameter["min"], parameter["max"])
    values = {"Bool": [False, True], "Constant": [parameter.get("value")]}
    return hp.Discrete(values.get(kind) or parameter["values"])


def case(space):
    summary = hp.hparams_config_pb(hparams=[hp.HParam(parameter["name"], domain(parameter)) for parameter in space],
                                   metrics=[hp.Metric(METRIC)], time_created_secs=0)
    content = summary.value[0].metadata.plugin_data.content
    search = {"objective": {"metric": METRIC, "goal": "Maximize"}, "space": space, "maxTrials": 5}
    return {"search": search, "pluginData": content.hex()}


def main():
    print(json.dumps([
        case([{"name": "train.learning_rate", "type": "Float", "min": 0.0001, "max": 0.1, "scale": "Log"},
              {"name": "train.batch_size", "type": "Discrete", "values": [32, 64, 128]},
              {"name": "optimizer", "type": "Categorical", "values": ["sgd", "adam", "größer"]},
              {"name": "nesterov", "type": "Bool", "when": {"optimizer": "sgd"}},
              {"name": "layers", "type": "Int", "min": 1, "max": 300, "step": 1}]),
        case([{"name": "zero", "type": "Float", "min": 0.0, "max": 1.0},
              {"name": "below", "type": "Float", "min": -2.5, "max": 0.0},
              {"name": "levels", "type": "Categorical", "values": [3.5, 0.0, -1.0]},
              {"name": "seed", "type": "Constant", "value": 7},
              {"name": "x" * 128, "type": "Constant", "value": "text"}]),
    ], indent=1))


if __name__ == "__main__":
    main()
