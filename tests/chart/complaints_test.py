"""What users report of other operators' charts, tried on this one. Each case names the report that it
rests on, as repository#number."""
import pathlib
import re
import tempfile
import unittest

from chart import CHART, ROOT, arguments, configuration, container, hook, pod_of, program, refusal, render, run, \
    template, yaml

CRD = ("CustomResourceDefinition", "experiments.pedigree.dev")
DEPLOYMENT = ("Deployment", "pedigree-operator")


def words_of(thing):
    """Every string in it."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield key
            yield from words_of(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from words_of(value)
    elif isinstance(thing, str):
        yield thing


def newer_chart(folder):
    """This chart as a later version of itself."""
    code, text, errors = run("helm", "package", CHART, "--version", "9.9.9", "--app-version", "9.9.9",
                             "--destination", folder)
    assert code == 0, errors
    return text.strip().rsplit(" ", 1)[1]


class Complaints(unittest.TestCase):
    def test_an_upgrade_upgrades_the_crd(self):
        """kubeai-project/kubeai#213, kyverno/kyverno#2286: helm leaves the folder crds/ as it was installed."""
        self.assertFalse((CHART / "crds").exists())
        self.assertIn(CRD, render())

    def test_an_uninstall_keeps_the_crd_and_with_it_all_experiments(self):
        """volcano-sh/volcano#5727, minio/operator#2363, cert-manager/cert-manager#4576: all objects were lost."""
        self.assertEqual(render()[CRD]["metadata"]["annotations"], {"helm.sh/resource-policy": "keep"})
        notes = (CHART / "templates/NOTES.txt").read_text()  # helm renders it only with a cluster: lifecycle_test.py
        self.assertIn("`helm uninstall` keeps the CRD", notes)

    def test_no_other_object_outlives_the_release(self):
        """kubernetes/kubernetes#75788, linkerd/website#712: an APIService without a backend keeps every namespace
        from being deleted; helm deletes it first of all, if nothing keeps it."""
        for key, each in render("everything").items():
            if key != CRD:
                self.assertNotIn("helm.sh/resource-policy", each["metadata"].get("annotations", {}), key)
        self.assertIn(("APIService", "v1alpha1.lineage.pedigree.dev"), render())
        self.assertFalse([key for key, each in render().items()
                          if hook(each) and each["metadata"]["annotations"]["helm.sh/hook"] != "test"],
                         "a hook of an uninstallation can keep it from ending")

    def test_selectors_are_the_same_in_every_version(self):
        """jetstack/version-checker#140, zitadel/zitadel-charts#389, helm/charts#7680: field is immutable."""
        with tempfile.TemporaryDirectory() as folder:
            newer = render(chart=newer_chart(folder), release="pedigree")
        for kind in ("Deployment", "Service", "PodDisruptionBudget"):
            old_spec = render("everything", release="other")[kind, "pedigree-operator"]["spec"]
            self.assertEqual(old_spec["selector"], newer[kind, "pedigree-operator"]["spec"]["selector"])
            self.assertNotIn("9.9.9", " ".join(words_of(old_spec["selector"])))
        self.assertEqual(newer[DEPLOYMENT]["metadata"]["labels"]["app.kubernetes.io/version"], "9.9.9")
        self.assertEqual(newer[DEPLOYMENT]["spec"]["template"], render()[DEPLOYMENT]["spec"]["template"])

    def test_a_single_replica_can_be_drained(self):
        """Vexa-ai/vexa#1100, jupyterhub/zero-to-jupyterhub-k8s#1934, helm/charts#7127: minAvailable 1 of 1."""
        for name in ("least", "one-replica"):
            spec = render(name)["PodDisruptionBudget", "pedigree-operator"]["spec"]
            self.assertNotIn("minAvailable", spec)
            self.assertEqual((spec["maxUnavailable"], spec["unhealthyPodEvictionPolicy"]), (1, "AlwaysAllow"))
        self.assertNotIn(("PodDisruptionBudget", "pedigree-operator"), render("nulls"))

    def test_the_cluster_may_choose_the_user(self):
        """zalando/postgres-operator#2564, kubestellar/console#20824: restricted-v2 refuses a fixed user, and a map
        that is laid over the default keeps it."""
        for pod in (pod_of(render("openshift")), render("openshift")["Pod", "pedigree-test"]["spec"]):
            self.assertEqual(pod["securityContext"],
                             {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}})
            for each in pod["containers"]:
                self.assertFalse({"runAsUser", "runAsGroup"} & set(each["securityContext"]))

    def test_null_takes_a_default_away(self):
        """helm/helm#12421, NVIDIA/nodewright#159, kubernetes/ingress-nginx#10056: null stayed, or broke a template."""
        objects = render("nulls")
        self.assertEqual(container(objects, "operator")["resources"], {"requests": {"cpu": "50m", "memory": "64Mi"}})
        self.assertEqual(container(objects, "worker")["resources"]["limits"], {"cpu": 4})
        self.assertNotRegex(template("nulls").split("kind: Deployment")[1], r"(?m): (null|~)$")
        self.assertFalse({"mlflow", "egress", "keepFinishedPodsSeconds"} & set(configuration(objects)["defaults"]))
        values = yaml.safe_load((CHART / "values.yaml").read_text())
        for name in [*values, *(f"platform.{each}" for each in values["platform"]),
                     *(f"networkPolicy.{each}" for each in values["networkPolicy"])]:
            with self.subTest(name):  # rendered, or refused by the schema or by `required`; never a template's crash
                code, _, errors = run("helm", "template", "x", CHART, *arguments([], [f"{name}=null"]))
                if code != 0:
                    self.assertRegex(errors, "missing propert(y|ies) '|docs/operate/install.md")
                self.assertNotIn("nil", errors)

    def test_pull_secrets_reach_every_pod(self):
        """mogenius/renovate-operator#126, pravega/zookeeper-operator#551: those of hooks and tests went without."""
        objects = render("everything")
        for pod in (pod_of(objects), objects["Pod", "pedigree-test"]["spec"]):
            self.assertEqual([each["name"] for each in pod["imagePullSecrets"]], ["pull", "other-pull"])
        self.assertEqual(configuration(objects)["defaults"]["registry"]["pullSecretName"], "pedigree-pull")

    def test_every_namespace_is_the_releases(self):
        """opensearch-project/opensearch-k8s-operator#153, chaos-mesh/chaos-mesh#2095: subjects in another one."""
        objects = render("everything", namespace="mlops")
        for key, each in objects.items():
            if key != CRD:
                self.assertNotIn("pedigree-system", "\n".join(words_of(each)), key)
        self.assertFalse([key for key in objects if key[0] == "Namespace"], "helm --create-namespace makes it")
        self.assertEqual(objects["ClusterRoleBinding", "pedigree-operator"]["subjects"][0]["namespace"], "mlops")
        self.assertIn("system:serviceaccount:mlops:pedigree-operator",
                      "\n".join(words_of(objects["ValidatingAdmissionPolicy", "objects.pedigree.dev"])))
        self.assertEqual(objects["RoleBinding", "pedigree-operator-authentication-reader"]["metadata"]["namespace"],
                         "kube-system")

    def test_a_second_installation_is_refused_in_words(self):
        """StarRocks/starrocks-kubernetes-operator#144, apache/camel-k#6145: "invalid ownership metadata"."""
        text = (CHART / "templates/operator.yaml").read_text()  # tried in lifecycle_test.py
        self.assertIn("pedigree is installed in namespace %s, and a cluster has one", text)

    def test_what_watches_is_off_and_when_on_depends_on_no_look_at_the_cluster(self):
        """projectcapsule/capsule-proxy#199: no matches for kind ServiceMonitor; cert-manager/cert-manager#5162: with
        `helm template` it was silently left out."""
        kinds = {key[0] for key in render()}
        self.assertFalse({"ServiceMonitor", "PrometheusRule"} & kinds)
        self.assertLess({"ServiceMonitor", "PrometheusRule"}, {key[0] for key in render("everything")})
        for path in CHART.glob("templates/**/*"):
            if path.is_file():
                self.assertNotIn("APIVersions", path.read_text(), path)

    def test_another_configuration_is_another_pod(self):
        """redpanda-data/kminion#238, opencost/opencost-helm-chart#263: the old one stayed in use."""
        def mark(*settings):
            metadata = render(settings=settings)[DEPLOYMENT]["spec"]["template"]["metadata"]
            return metadata["annotations"]["pedigree.dev/configuration"]
        self.assertEqual(mark(), mark())
        self.assertNotEqual(mark(), mark('platform.artifactStore.bucket="other"'))

    def test_numbers_stay_whole(self):
        """redpanda-data/helm-charts#799, helm/helm#6431: 2.16e+07."""
        self.assertIn('"keepFinishedPodsSeconds": 12345678', template("everything"))
        self.assertEqual(render()[CRD]["spec"],
                         yaml.safe_load((ROOT / "manifests/crd/experiment.yaml").read_text())["spec"])
        self.assertNotRegex(template("everything"), r"(?m): \d(\.\d+)?e\+\d+$")

    def test_it_may_be_part_of_another_chart(self):
        """cert-manager/cert-manager#7334, eshepelyuk/cmak-operator#7: additional property global is not allowed."""
        self.assertEqual(set(render(settings=['global={"region":"eu"}', "enabled=true"])), set(render()))

    def test_nothing_changes_from_one_rendering_to_the_next(self):
        """open-telemetry/opentelemetry-helm-charts#2168, zitadel/zitadel-charts#504: a certificate of each
        rendering kept Argo CD out of sync. The operator makes its own, into a Secret that is shipped empty."""
        self.assertEqual(template("everything"), template("everything"))
        objects = render()
        self.assertFalse({"data", "stringData"} & set(objects["Secret", "pedigree-tls"]))
        self.assertNotIn("caBundle", objects["APIService", "v1alpha1.lineage.pedigree.dev"]["spec"])

    def test_prometheus_templates_are_not_helms(self):
        """prometheus-community/helm-charts#5192 and many: {{ $labels }} was rendered away."""
        text = template("everything")
        self.assertIn("{{ $labels.pod }}", text)
        self.assertIn("{{ $value | humanizeDuration }}", text)

    def test_networks_of_both_families(self):
        """A policy with IPv4 alone shuts out an API server that dials IPv6; `except` must lie within its block."""
        blocks = [source["ipBlock"] for source in
                  render("nulls")["NetworkPolicy", "pedigree-operator"]["spec"]["ingress"][0]["from"]
                  if "ipBlock" in source]
        self.assertEqual(blocks, [{"cidr": "192.0.2.0/24"}, {"cidr": "::/0", "except": ["fd00::/48"]}])

    def test_every_container_is_restricted_and_has_a_memory_limit(self):
        objects = render()
        for pod in (pod_of(objects), objects["Pod", "pedigree-test"]["spec"]):
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            for each in pod["containers"]:
                self.assertIn("memory", each["resources"]["limits"])
                self.assertEqual(each["securityContext"]["capabilities"], {"drop": ["ALL"]})
                self.assertTrue(each["securityContext"]["readOnlyRootFilesystem"])
                self.assertRegex(each["image"], r"@sha256:[0-9a-f]{64}$")


class Reports(unittest.TestCase):
    def test_ten_at_least(self):
        reports = set(re.findall(r"[\w.-]+/[\w.-]+#\d+", pathlib.Path(__file__).read_text()))
        self.assertGreaterEqual(len(reports), 20)


if __name__ == "__main__":
    program("helm")
    unittest.main()
