"""charts/pedigree says what manifests/ says: rendered by helm and by kustomize, compared object by
object; what values change, and what they may not be."""
import copy
import json
import os
import re
import subprocess
import tempfile
import textwrap
import unittest

from chart import CHART, ROOT, arguments, configuration, container, hook, manifests, objects_in, pod_of, program, \
    refusal, render, run, template, yaml
from schemas import write_schemas

SETS = ["least", "everything", "one-replica", "openshift", "nulls"]
IMAGE = "registry.example.com/pedigree/pedigree@sha256:" + 64 * "0"
# What the chart adds to objects of manifests/, and why it may.
LABELS = {"helm.sh/chart", "app.kubernetes.io/part-of", "app.kubernetes.io/instance", "app.kubernetes.io/version",
          "app.kubernetes.io/managed-by"}
ADDED = {("ConfigMap", "pedigree-config")}      # manifests/ leaves it to the platform
LEFT_OUT = {("Namespace", "pedigree-system")}   # helm makes it, by --create-namespace


def without_additions(thing):
    thing = copy.deepcopy(thing)
    metadata = thing["metadata"]
    labels = {key: value for key, value in metadata.get("labels", {}).items() if key not in LABELS}
    metadata.pop("labels", None)
    if labels:
        metadata["labels"] = labels
    annotations = metadata.get("annotations", {})
    annotations.pop("helm.sh/resource-policy", None)
    if not annotations:
        metadata.pop("annotations", None)
    if thing["kind"] == "Deployment":
        template_metadata = thing["spec"]["template"]["metadata"]
        template_metadata.get("annotations", {}).pop("pedigree.dev/configuration", None)
        if not template_metadata.get("annotations"):
            template_metadata.pop("annotations", None)
    return thing


class SameAsManifests(unittest.TestCase):
    maxDiff = None

    def test_every_object_field_by_field(self):
        chart = {key: each for key, each in render().items() if not hook(each) and key not in ADDED}
        plain = {key: each for key, each in manifests().items() if key not in LEFT_OUT}
        self.assertEqual(set(chart), set(plain))
        for each in plain.values():
            if each["kind"] == "Deployment":
                for one in each["spec"]["template"]["spec"]["containers"]:
                    self.assertEqual(one["image"], "pedigree")
                    one["image"] = IMAGE
        for key, each in plain.items():
            with self.subTest(key):
                self.assertEqual(without_additions(chart[key]), each)

    def test_what_watches_it(self):
        chart = render(settings=[f"{name}.enabled=true" for name in ("serviceMonitor", "prometheusRule", "dashboard")])
        for key, each in manifests("monitoring").items():
            with self.subTest(key):
                self.assertEqual(without_additions(chart[key]), each)

    def test_versions_are_the_products(self):
        version = re.search(r"project\(pedigree VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        self.assertEqual((chart["version"], chart["appVersion"]), (version, version))

    def test_a_package_is_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            code, _, errors = run("helm", "package", CHART, "--destination", folder)
            self.assertEqual(code, 0, errors)
            package, = os.listdir(folder)
            self.assertEqual(template(chart=os.path.join(folder, package)), template())


class Values(unittest.TestCase):
    def test_lint(self):
        for name in SETS:
            with self.subTest(name):
                code, text, errors = run("helm", "lint", "--strict", CHART, *arguments([name], []))
                self.assertEqual(code, 0, text + errors)

    def test_every_set_is_valid_kubernetes(self):
        with tempfile.TemporaryDirectory() as folder:
            write_schemas(folder)
            place = f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
            for name in SETS:
                with self.subTest(name):
                    code, text, errors = run("kubeconform", "-strict", "-summary", "-schema-location", place,
                                             "-skip", "ServiceMonitor,PrometheusRule", "-", text=template(name))
                    self.assertEqual(code, 0, text + errors)
                    self.assertRegex(text, r"Valid: 2\d, Invalid: 0, Errors: 0")

    def test_everything(self):
        objects = render("everything")
        pod = pod_of(objects)
        metadata = objects["Deployment", "pedigree-operator"]["spec"]["template"]["metadata"]
        self.assertEqual(pod["imagePullSecrets"], [{"name": "pull"}, {"name": "other-pull"}])
        self.assertEqual(pod["priorityClassName"], "system-cluster-critical")
        self.assertEqual(list(pod["affinity"]), ["nodeAffinity"])
        self.assertEqual(metadata["labels"]["team"], "platform")
        self.assertEqual(metadata["annotations"]["example.com/note"], "yes")
        for name in ("operator", "worker"):
            self.assertEqual(container(objects, name)["command"][-2:], ["--log-level", "debug"])
        monitor = objects["ServiceMonitor", "pedigree-operator"]
        self.assertEqual((monitor["metadata"]["labels"]["release"], monitor["spec"]["endpoints"][0]["interval"]),
                         ("prometheus", "15s"))
        for group in objects["PrometheusRule", "pedigree-operator"]["spec"]["groups"]:
            for rule in group["rules"]:
                self.assertEqual(rule["annotations"]["runbook_url"],
                                 "https://docs.example.com/pedigree/alerts#" + rule["alert"].lower())
        dashboard = objects["ConfigMap", "pedigree-dashboard"]
        self.assertEqual(dashboard["metadata"]["labels"]["grafana_dashboard"], "1")
        self.assertEqual(json.loads(dashboard["data"]["pedigree.json"])["uid"], "pedigree")
        for each in objects.values():
            if each["kind"] != "CustomResourceDefinition":
                self.assertEqual(each["metadata"]["labels"]["cost-center"], "17", each["metadata"])

    def test_the_registry_has_two_names(self):
        document = configuration(render("everything"))
        self.assertEqual(document["defaults"]["registry"]["host"], "registry.example.com")
        self.assertEqual(document["defaults"]["registry"]["pullHost"], "registry.nodes.example.com:5000")
        self.assertEqual(document["namespaces"]["vision"]["registry"], {"host": "vision.example.com"})
        self.assertNotIn("pullHost", configuration(render())["defaults"]["registry"])

    def test_the_pages_examples(self):
        page = (ROOT / "docs/operate/install.md").read_text()
        values = re.search(r"cat > values.yaml <<'END'\n(.*?)    END\n", page, re.S).group(1)
        example = json.loads(re.search(r"```json\n(.*?)```", page, re.S).group(1))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(textwrap.dedent(values))
            file.flush()
            code, text, errors = run("helm", "template", "pedigree", CHART, "--values", file.name)
        self.assertEqual(code, 0, errors)
        made = configuration(objects_in(text))["defaults"]
        for field in ("registry", "indexUrl", "artifactStore", "podImage", "egress", "keepFinishedPodsSeconds"):
            self.assertEqual(made[field] | {"pullHost": ""} if field == "registry" else made[field],
                             example["defaults"][field])

    def test_two_replicas_of_which_one_leads(self):
        objects = render()
        self.assertEqual(objects["Deployment", "pedigree-operator"]["spec"]["replicas"], 2)
        leases = [rule for rule in objects["Role", "pedigree-operator"]["rules"] if "leases" in rule["resources"]]
        self.assertEqual(leases[0]["verbs"], ["get", "create", "update"])

    def test_names_are_the_operators_whatever_the_release_is_called(self):
        self.assertEqual(set(render(release="something-else")), set(render()))

    def test_the_operator_reads_the_configuration(self):
        operator = os.environ.get("PEDIGREE_OPERATOR", "")
        if not operator:
            self.skipTest("PEDIGREE_OPERATOR names the program")
        for name in SETS:
            with self.subTest(name), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(configuration(render(name)), file)
                file.flush()
                done = subprocess.run([operator, "--configuration", file.name, "--database-url-file", "/nowhere/url",
                                       "--health-port", "0", "--metrics-port", "0"],
                                      capture_output=True, text=True, timeout=60, check=False)
                # Read in this order: the configuration was taken if the next file is what is missed.
                self.assertIn("/nowhere/url", done.stderr + done.stdout)


class Refused(unittest.TestCase):
    """By the schema, in one error that names the value."""

    EXAMPLES = {
        'replicas="two"': "/replicas",
        "replicas=1.5": "/replicas",
        "replicas=-1": "/replicas",
        "replicas=10": "/replicas",
        'image="registry.example.com/pedigree:latest"': "/image",
        'image={"repository":"x","tag":"y"}': "/image",
        'imagePullSecrets=[{"name":"pull"}]': "/imagePullSecrets/0",
        'logLevel="verbose"': "/logLevel",
        'fixedUser="no"': "/fixedUser",
        'platform.registry.pushHost="https://registry.example.com"': "/platform/registry/pushHost",
        'platform.registry.pullHost="registry.example.com/mirror"': "/platform/registry/pullHost",
        'platform.registry.plainHttp="true"': "/platform/registry/plainHttp",
        'platform.registry.host="registry.example.com"': "additional properties 'host' not allowed",
        'platform.indexUrl="ftp://packages.example.com/"': "/platform/indexUrl",
        'platform.indexUrl="https://user:word@packages.example.com/"': "/platform/indexUrl",
        "platform.keepFinishedPodsSeconds=-1": "/platform/keepFinishedPodsSeconds",
        'platform.egress.refusedNetworks="10.0.0.0/8"': "/platform/egress/refusedNetworks",
        'platform.podImageDigests=["latest"]': "/platform/podImageDigests/0",
        'namespaces.Vision={"indexUrl":""}': "additional properties 'Vision' not allowed",
        'namespaces.vision.indexURL="x"': "additional properties 'indexURL' not allowed",
        'operator.resources.limits.memory="half"': "/operator/resources/limits/memory",
        'worker.scratchSize="20 GB"': "/worker/scratchSize",
        "podAnnotations.restarted=true": "/podAnnotations/restarted",
        'replicaCount=2': "additional properties 'replicaCount' not allowed",
        "secrets.database=null": "missing property 'database'",
        "worker=null": "missing property 'worker'",
    }

    def test_by_the_schema(self):
        for setting, words in self.EXAMPLES.items():
            with self.subTest(setting):
                said = refusal(settings=[setting])
                self.assertIn(words, said)
                self.assertEqual(len(re.findall(r"^- ", said, re.M)), 1, said)

    def test_at_the_bounds(self):
        for replicas in (0, 9):
            self.assertEqual(render(settings=[f"replicas={replicas}"])["Deployment", "pedigree-operator"]
                             ["spec"]["replicas"], replicas)

    def test_what_is_missing_is_named_with_the_next_step(self):
        for setting, words in {
                'image=""': "image: name pedigree's own image by digest",
                'platform.registry.pushHost=""': "platform.registry.pushHost: the registry",
                "platform.indexUrl=null": "platform.indexUrl: the package index",
                'platform.artifactStore.endpoint=""': "platform.artifactStore.endpoint",
                'platform.artifactStore.bucket=""': "platform.artifactStore.bucket"}.items():
            with self.subTest(setting):
                said = refusal(settings=[setting])
                self.assertIn(words, said)
                self.assertIn("docs/operate/install.md", said)

    def test_lint_without_values_warns_of_nothing_but_what_is_missing(self):
        code, text, errors = run("helm", "lint", CHART)
        self.assertEqual(code, 0, text + errors)


if __name__ == "__main__":
    program("helm")
    unittest.main()
