"""JSON Schemas of Kubernetes' own kinds for kubeconform, made from the OpenAPI document in the Go module
that the development cluster is built from; nothing is downloaded."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from chart import ROOT

PREFIX = "#/definitions/"


def document():
    version = re.search(r"k8s.io/kubernetes (v\S+)", (ROOT / "dev/go/kubernetes/go.mod").read_text()).group(1)
    modules = subprocess.run(["go", "env", "GOMODCACHE"], capture_output=True, text=True, timeout=60, check=True,
                             env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/local/go/bin"}).stdout.strip()
    path = pathlib.Path(modules) / f"k8s.io/kubernetes@{version}/api/openapi-spec/swagger.json"
    if not path.exists():
        raise unittest.SkipTest(f"no {path}: dev/quickstart --only binaries fetches that module")
    return json.loads(path.read_text())


def strict(schema):
    """Unknown fields are refused where fields are listed; int-or-string takes either."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "int-or-string":
        return {"type": ["string", "integer"]}
    out = {key: strict(value) for key, value in schema.items() if not key.startswith("x-kubernetes")}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        out["additionalProperties"] = False
    return out


def any_of_types(definitions, name, types):
    definitions[name] = {"type": types}


def write_schemas(folder):
    """FOLDER/<kind>-<group's first word>-<version>.json, as kubeconform asks for them."""
    definitions = document()["definitions"]
    kinds = [(each, name) for name, schema in definitions.items()
             for each in schema.get("x-kubernetes-group-version-kind", [])]
    definitions = strict(definitions)
    # In OpenAPI these are said to be strings.
    any_of_types(definitions, "io.k8s.apimachinery.pkg.api.resource.Quantity", ["string", "number"])
    any_of_types(definitions, "io.k8s.apimachinery.pkg.util.intstr.IntOrString", ["string", "integer"])
    # A schema may be any; JSONSchemaProps refers to itself without end.
    definitions["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"] = {"type": "object"}
    path = pathlib.Path(folder)
    (path / "definitions.json").write_text(json.dumps({"definitions": definitions}))
    for each, name in kinds:
        group = each["group"].split(".")[0]
        file = "-".join(word.lower() for word in (each["kind"], group, each["version"]) if word) + ".json"
        (path / file).write_text(json.dumps({"$ref": f"definitions.json{PREFIX}{name}"}))
