"""The chart as the tests see it: rendered by the real helm, as objects by (kind, name)."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

try:
    import yaml
except ImportError:
    sys.exit(f"{sys.executable} has no module yaml: install python3-yaml, or run it with a Python that has it")

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "charts/pedigree"
VALUES = pathlib.Path(__file__).resolve().parent / "values"
CACHE_BIN = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev")) / "bin"
NAMESPACE = "pedigree-system"
KUBERNETES = "1.34.0"
LIMIT_SECONDS = 120


def program(name):
    path = CACHE_BIN / name
    if not path.exists():
        raise unittest.SkipTest(f"no {path}: dev/quickstart --only binaries,chart_programs builds it")
    return str(path)


def run(name, *argv, text=None):
    """Exit code, standard output, standard error."""
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    done = subprocess.run([program(name), *map(str, argv)], input=text, capture_output=True, text=True,
                          timeout=LIMIT_SECONDS, check=False, env=environment)
    return done.returncode, done.stdout, done.stderr


def arguments(values, settings):
    """`least` is what every installation has to say; other value files lie over it."""
    files = [VALUES / f"{name}.yaml" for name in ("least", *values)]
    return [word for file in files for word in ("--values", file)] + \
           [word for setting in settings for word in ("--set-json", setting)]


def template(*values, settings=(), namespace=NAMESPACE, release="pedigree", chart=CHART):
    code, text, errors = run("helm", "template", release, chart, "--namespace", namespace,
                             "--kube-version", KUBERNETES, *arguments(values, settings))
    if code != 0:
        raise AssertionError(f"helm template ended with {code}: {errors}")
    return text


def refusal(*values, settings=()):
    """What helm says, without the path of the chart; the chart must be refused."""
    code, text, errors = run("helm", "template", "pedigree", CHART, "--namespace", NAMESPACE,
                             "--kube-version", KUBERNETES, *arguments(values, settings))
    if code == 0:
        raise AssertionError(f"rendered instead of refused: {text[:400]}")
    return "\n".join(line for line in errors.splitlines() if "symbolic link" not in line)


def objects_in(text):
    """By (kind, name); the names of a kind are unique here, as the namespace is one."""
    objects = {}
    for each in yaml.load_all(text, Loader=yaml.CSafeLoader):
        if each:
            key = (each["kind"], each["metadata"]["name"])
            if key in objects:
                raise AssertionError(f"{key} stands twice")
            objects[key] = each
    return objects


def render(*values, **options):
    return objects_in(template(*values, **options))


def manifests(folder="base"):
    """What kustomize makes of manifests/FOLDER."""
    kubectl = program("kubectl")
    done = subprocess.run([kubectl, "kustomize", str(ROOT / "manifests" / folder)], capture_output=True,
                          text=True, timeout=LIMIT_SECONDS, check=True)
    return objects_in(done.stdout)


def hook(thing):
    return "helm.sh/hook" in thing["metadata"].get("annotations", {})


def pod_of(objects):
    return objects["Deployment", "pedigree-operator"]["spec"]["template"]["spec"]


def container(objects, name):
    found, = [each for each in pod_of(objects)["containers"] if each["name"] == name]
    return found


def configuration(objects):
    return json.loads(objects["ConfigMap", "pedigree-config"]["data"]["config.json"])
