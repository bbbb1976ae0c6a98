#!/usr/bin/env python3
"""The chart on the development cluster.

    tests/chart/cluster_test.py           asks the API server alone: dry runs; nothing is changed
    tests/chart/cluster_test.py --install  takes the place of what dev/quickstart installed: helm adopts its objects
                                           (the names are the same), tests, upgrades, uninstalls, installs again;
                                           afterwards dev/quickstart --only pedigree puts its own back

--install restarts the operator and, for a moment, removes it: no other test may run meanwhile. Wants dev/quickstart
to have been run, and KUBECONFIG, else dev/run/kubeconfig."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from chart import CHART, NAMESPACE, ROOT, VALUES, program, template, yaml  # noqa: E402

STATE = pathlib.Path("/var/lib/pedigree-dev")
KUBECONFIG = os.environ.get("KUBECONFIG", str(ROOT / "dev/run/kubeconfig"))
RELEASE = "pedigree"
LIMIT_SECONDS = 300
# The development cluster has no Prometheus operator, so it knows neither kind.
UNKNOWN = {"ServiceMonitor", "PrometheusRule"}


def call(name, *argv, text=None, code=0):
    done = subprocess.run([program(name), *map(str, argv)], input=text, capture_output=True, text=True,
                          timeout=LIMIT_SECONDS, check=False, env={**os.environ, "KUBECONFIG": KUBECONFIG})
    said = done.stdout + "".join(line + "\n" for line in done.stderr.splitlines() if "symbolic link" not in line)
    if done.returncode != code:
        raise SystemExit(f"FAILED: {name} {' '.join(map(str, argv[:3]))} ended with {done.returncode}:\n{said}")
    return said


def kubectl(*argv, **options):
    return call("kubectl", *argv, **options)


def helm(*argv, **options):
    return call("helm", *argv, f"--namespace={NAMESPACE}", **options)


def step(words):
    print(words, flush=True)


def dry_runs():
    """Every field of every set passes the real API server's strict validation."""
    for name in ("least", "everything", "one-replica", "openshift", "nulls"):
        documents = [each for each in yaml.safe_load_all(template(name)) if each and each["kind"] not in UNKNOWN]
        for each in documents:
            if each["kind"] == "Pod":  # its account is made in no dry run
                each["spec"]["serviceAccountName"] = "default"
        said = kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=chart-test", "--dry-run=server",
                       "--validate=strict", "-f", "-", text=yaml.safe_dump_all(documents))
        step(f"dry run of {name}: {len(said.splitlines())} objects accepted")


def second_namespace():
    said = call("helm", "install", "second", CHART, "--namespace=pedigree-second", "--create-namespace",
                "--dry-run=server", "--values", VALUES / "least.yaml", code=1)
    assert "pedigree is installed in namespace pedigree-system, and a cluster has one" in said, said
    step("a second installation is refused in words")


def running_values():
    """What the development cluster's operator has, as values of the chart."""
    document = json.loads((STATE / "pedigree-config.json").read_text())
    platform = document["defaults"]
    registry = platform["registry"]
    registry["pushHost"] = registry.pop("host")
    return {"image": platform.pop("podImage"), "imagePullSecrets": ["pedigree-pull"], "platform": platform,
            "networkPolicy": {"podNetworks": ["10.88.0.0/16"]}, "dashboard": {"enabled": True}}


def wait_until_ready(replicas):
    kubectl("-n", NAMESPACE, "rollout", "status", "deployment/pedigree-operator", "--timeout=180s")
    ready = kubectl("-n", NAMESPACE, "get", "deployment", "pedigree-operator", "-o",
                    "jsonpath={.status.readyReplicas}")
    assert ready == str(replicas), ready


def install():
    experiments = kubectl("get", "experiments", "-A", "-o", "name").split()
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
        yaml.safe_dump(running_values(), values)
        values.flush()
        common = (RELEASE, CHART, "--values", values.name, "--wait", "--timeout=4m")
        step("helm install --take-ownership")
        notes = helm("install", *common, "--take-ownership")
        assert "`helm uninstall` keeps the CRD" in notes, notes
        wait_until_ready(2)
        step("helm test")
        said = helm("test", RELEASE)
        assert "Phase:          Succeeded" in said, said
        step("one of two leads")
        holder = kubectl("-n", NAMESPACE, "get", "lease", "pedigree-operator", "-o", "jsonpath={.spec.holderIdentity}")
        pods = kubectl("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/name=pedigree-operator", "-o",
                       "jsonpath={.items[*].metadata.name}").split()
        assert len(pods) == 2 and any(holder.startswith(pod) for pod in pods), (holder, pods)
        step("helm upgrade keeps the certificate and the CA that the operator made")
        before = made_by_the_operator()
        helm("upgrade", *common, "--set", "logLevel=debug")
        wait_until_ready(2)
        assert made_by_the_operator() == before
        step("helm rollback")
        helm("rollback", RELEASE, "1", "--wait", "--timeout=4m")
        wait_until_ready(2)
        step("helm uninstall keeps the CRD and all Experiments")
        said = helm("uninstall", RELEASE, "--wait")
        assert "[CustomResourceDefinition] experiments.pedigree.dev" in said, said
        assert set(experiments) <= set(kubectl("get", "experiments", "-A", "-o", "name").split())
        for what in ("apiservice/v1alpha1.lineage.pedigree.dev", "validatingadmissionpolicy/objects.pedigree.dev",
                     "clusterrole/pedigree-operator"):
            kubectl("get", what, code=1)
        step("no namespace is kept from being deleted")
        kubectl("create", "namespace", "chart-test-ends")
        kubectl("delete", "namespace", "chart-test-ends", "--timeout=60s")
        step("helm install again, beside the CRD that stayed")
        helm("install", *common)
        wait_until_ready(2)
        helm("test", RELEASE)
        helm("uninstall", RELEASE, "--wait")


def made_by_the_operator():
    return (kubectl("-n", NAMESPACE, "get", "secret", "pedigree-tls", "-o", "jsonpath={.data}"),
            kubectl("get", "apiservice", "v1alpha1.lineage.pedigree.dev", "-o", "jsonpath={.spec.caBundle}"))


def main():
    dry_runs()
    second_namespace()
    if sys.argv[1:] == ["--install"]:
        try:
            install()
        finally:
            step("to put the development cluster's own back: dev/quickstart --only pedigree")
    step("well")


if __name__ == "__main__":
    main()
