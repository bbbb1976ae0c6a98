"""Writes its parameters as a model: what a pod needs, without a library or a tracker."""
import json
import os
import pathlib

path = os.environ.get("PEDIGREE_PARAMETERS")
parameters = json.loads(pathlib.Path(path).read_text()) if path else {}
print(f"parameters {json.dumps(parameters, sort_keys=True)}", flush=True)
model = pathlib.Path("outputs/model")
model.mkdir(parents=True, exist_ok=True)
(model / "parameters.json").write_text(json.dumps(parameters, sort_keys=True) + "\n")
