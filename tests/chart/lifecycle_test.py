"""The life of a release on a real API server: installed, upgraded, rolled back, uninstalled, installed again,
taken over from kustomize. What runs of it is for cluster_test.py: there is no node here."""
import json
import unittest

from api_server import ApiServer
from chart import CHART, NAMESPACE, ROOT, arguments, program

RELEASE = "pedigree"
CRD = "crd/experiments.pedigree.dev"
API_SERVICE = "apiservice/v1alpha1.lineage.pedigree.dev"
EXPERIMENT = ROOT / "manifests/samples/minimal.yaml"
# What the operator writes where the chart has left room.
CERTIFICATE = json.dumps({"data": {"tls.crt": "Y2VydGlmaWNhdGU=", "tls.key": "a2V5"}})
AUTHORITY = json.dumps({"spec": {"caBundle": "YXV0aG9yaXR5"}})


class Lifecycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ApiServer()
        cls.addClassCleanup(cls.server.stop)
        cls.server.kubectl("create", "namespace", NAMESPACE)

    def install(self, *words, settings=(), **options):
        return self.server.helm("install", RELEASE, CHART, *arguments([], settings), *words, **options)

    def tearDown(self):
        self.server.call("helm", "uninstall", RELEASE, f"--namespace={NAMESPACE}", code=None)
        self.server.call("kubectl", "delete", CRD, "--ignore-not-found", code=None)

    def get(self, *words, code=0):
        return self.server.kubectl("get", *words, f"--namespace={NAMESPACE}", code=code)

    def written_by_the_operator(self):
        return (self.get("secret/pedigree-tls", "-o", "jsonpath={.data}") +
                self.get(API_SERVICE, "-o", "jsonpath={.spec.caBundle}"))

    def test_upgrade_and_rollback_leave_what_the_operator_wrote(self):
        notes = self.install()
        self.assertIn("`helm uninstall` keeps the CRD with all Experiments", notes)
        self.assertIn("Secret pedigree-database (url)", notes)
        self.server.kubectl("-n", NAMESPACE, "patch", "secret", "pedigree-tls", "--type=merge", "-p", CERTIFICATE)
        self.server.kubectl("patch", API_SERVICE, "--type=merge", "-p", AUTHORITY)
        before = self.written_by_the_operator()
        self.assertIn("Y2VydGlmaWNhdGU=", before)
        self.server.helm("upgrade", RELEASE, CHART, *arguments(["everything"], [f"{each}.enabled=false" for each in
                                                                              ("serviceMonitor", "prometheusRule")]))
        self.assertEqual(self.written_by_the_operator(), before)
        self.assertEqual(self.get("deployment/pedigree-operator", "-o", "jsonpath={.spec.replicas}"), "3")
        self.server.helm("rollback", RELEASE, "1")
        self.assertEqual(self.written_by_the_operator(), before)
        self.assertEqual(self.get("deployment/pedigree-operator", "-o", "jsonpath={.spec.replicas}"), "2")

    def test_an_upgrade_brings_the_crd_up_to_date(self):
        self.install()
        self.server.kubectl("patch", CRD, "--type=json", "-p",
                            '[{"op": "remove", "path": "/spec/names/shortNames"}]')
        self.assertEqual(self.get(CRD, "-o", "jsonpath={.spec.names.shortNames}"), "")
        self.server.helm("upgrade", RELEASE, CHART, *arguments([], []))
        self.assertEqual(self.get(CRD, "-o", "jsonpath={.spec.names.shortNames}"), '["exp"]')

    def test_an_uninstall_keeps_experiments_and_the_next_installation_finds_them(self):
        self.install()
        self.server.kubectl("-n", NAMESPACE, "apply", "-f", EXPERIMENT)
        said = self.server.helm("uninstall", RELEASE)
        self.assertIn("[CustomResourceDefinition] experiments.pedigree.dev", said)
        self.assertIn("experiment.pedigree.dev/", self.get("experiments", "-o", "name"))
        for gone in (API_SERVICE, "validatingadmissionpolicy/objects.pedigree.dev", "clusterrole/pedigree-operator",
                     "flowschema/pedigree-leader-election", "deployment/pedigree-operator", "secret/pedigree-tls"):
            self.assertIn("NotFound", self.get(gone, code=1))
        self.install()
        self.assertIn("experiment.pedigree.dev/", self.get("experiments", "-o", "name"))

    def test_what_kustomize_installed_is_taken_over(self):
        self.server.kubectl("apply", "--server-side", "-k", ROOT / "manifests/base")
        self.server.kubectl("-n", NAMESPACE, "create", "configmap", "pedigree-config", "--from-literal=config.json={}")
        self.assertIn("invalid ownership metadata", self.install(code=1))
        self.install("--take-ownership")
        self.assertIn("registry.example.com/pedigree/pedigree@sha256:",
                      self.get("deployment/pedigree-operator", "-o", "jsonpath={.spec.template.spec.containers[*].image}"))
        self.assertIn("packages.example.com", self.get("configmap/pedigree-config", "-o", "jsonpath={.data}"))

    def test_a_second_installation_is_refused_in_words(self):
        self.install()
        said = self.server.helm("install", "other", CHART, "--create-namespace", *arguments([], []),
                                namespace="elsewhere", code=1)
        self.assertIn(f"pedigree is installed in namespace {NAMESPACE}, and a cluster has one", said)

    def test_alerts_without_the_prometheus_operator_are_refused(self):
        said = self.install(settings=["prometheusRule.enabled=true"], code=1)
        self.assertIn('no matches for kind "PrometheusRule"', said)


if __name__ == "__main__":
    program("helm")
    unittest.main()
