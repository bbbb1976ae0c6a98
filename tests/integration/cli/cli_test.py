#!/usr/bin/env python3
"""cli_test.py PROGRAM: the command line as a user of a real cluster sees it, in a namespace of its own.
Needs the development cluster and the operator in it (dev/quickstart). The Experiments name a host that
does not exist, so none of them trains."""

import base64
import concurrent.futures
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import unittest
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SAMPLE = os.path.join(ROOT, "manifests/samples/minimal.yaml")
PROGRAM = ""


def environment(**changes):
    kubeconfig = os.environ.get("PEDIGREE_TEST_KUBECONFIG", f"{ROOT}/dev/run/kubeconfig")
    if not os.path.exists(kubeconfig):
        raise SystemExit(f"no kubeconfig at {kubeconfig}: start the cluster with dev/quickstart")
    cache = os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev")
    path = f"{cache}/bin:{os.environ['PATH']}"
    return {**os.environ, "KUBECONFIG": kubeconfig, "PATH": path, **changes}


def run(*arguments, **changes):
    return subprocess.run(
        arguments, env=environment(**changes), capture_output=True, text=True, timeout=120, check=False
    )


def kubectl(*arguments):
    done = run("kubectl", *arguments)
    if done.returncode != 0:
        raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.namespace = f"cli-{uuid.uuid4().hex[:8]}"
        cls.folder = tempfile.mkdtemp(prefix="pedigree-cli-")
        kubectl("create", "namespace", cls.namespace)

    @classmethod
    def tearDownClass(cls):
        kubectl("delete", "namespace", cls.namespace, "--wait=false")
        shutil.rmtree(cls.folder)

    def pedigree(self, *arguments, code=0, **changes):
        done = run(PROGRAM, *arguments, "-n", self.namespace, **changes)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}\n{done.stderr}")
        return done

    def create(self, project, *arguments):
        return self.pedigree("run", "-f", SAMPLE, "--project", project, *arguments).stdout.strip()

    def test_run_creates_what_kubectl_sees(self):
        name = self.create("seen", "--set", "parameters.train.epochs=4", "--set", "suspend=true")
        self.assertEqual(name, "seen-1")
        object = json.loads(kubectl("get", "experiment", name, "-n", self.namespace, "-o", "json"))
        self.assertEqual(object["spec"]["parameters"], {"train.epochs": 4})
        self.assertEqual(object["spec"]["project"], "seen")
        own_name = json.loads(kubectl("auth", "whoami", "-o", "json"))["status"]["userInfo"]["username"]
        self.assertEqual(object["metadata"]["annotations"]["pedigree.dev/requested-by"], own_name)
        self.assertEqual(self.create("seen", "--set", "suspend=true"), "seen-2")

    def test_many_at_once_get_names_of_their_own(self):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            names = list(pool.map(lambda _: self.create("crowd", "--set", "suspend=true"), range(6)))
        self.assertEqual(sorted(names), [f"crowd-{n}" for n in range(1, 7)])

    def test_get_agrees_with_kubectl(self):
        name = self.create("table", "--set", "suspend=true")
        listed = self.pedigree("get", "--project", "table", "-o", "json").stdout
        self.assertEqual([i["metadata"]["name"] for i in json.loads(listed)["items"]], [name])
        typed = self.pedigree("get", name, "-o", "name").stdout.strip()
        kubectl("get", typed, "-n", self.namespace)
        header = self.pedigree("get").stdout.splitlines()[0].split()
        theirs = kubectl("get", "experiments", "-n", self.namespace).splitlines()[0].split()
        self.assertEqual(header, theirs)
        written = self.pedigree("get", name, "-o", "yaml").stdout
        file = os.path.join(self.folder, "written.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(written)
        kubectl("apply", "--dry-run=server", "-f", file)

    def test_a_failing_experiment_is_followed_to_its_end(self):
        done = self.pedigree("run", "-f", SAMPLE, "--project", "failing", "--follow",
                             "--set", "deadlines.buildSeconds=60", code=1)
        self.assertEqual(done.stdout, "failing-1\n")
        self.assertIn("Failed", done.stderr)
        self.pedigree("wait", "failing-1", "--timeout", "5s", code=1)
        self.pedigree("wait", "failing-1", "--for", "condition=Failed", "--timeout", "5s")
        described = self.pedigree("describe", "failing-1").stdout
        for word in ("Conditions:", "Events:", "Finished", "Requested by:"):
            self.assertIn(word, described)
        traced = json.loads(self.pedigree("trace", "exp/failing-1", "-o", "json").stdout)
        self.assertIn("Person", {node["kind"] for node in traced["nodes"]})
        self.assertEqual(self.pedigree("logs", "failing-1", code=4).stdout, "")

    def test_waiting_ends_in_time(self):
        name = self.create("patient", "--set", "suspend=true")
        self.pedigree("wait", name, "--timeout", "1s", code=8)
        kubectl("delete", "experiment", name, "-n", self.namespace, "--wait=false")
        self.pedigree("wait", name, "--for", "delete", "--timeout", "60s")

    def test_interrupted_it_goes_on(self):
        name = self.create("interrupted", "--set", "suspend=true")
        process = subprocess.Popen(
            [PROGRAM, "wait", name, "-n", self.namespace], env=environment(), stderr=subprocess.PIPE
        )
        # Its second thread is the one that waits for signals.
        while not os.listdir(f"/proc/{process.pid}/task")[1:]:
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 130)
        process.stderr.close()
        self.pedigree("get", name)

    def test_exit_codes_of_what_goes_wrong(self):
        self.pedigree("get", "nothing-1", code=4)
        self.pedigree("trace", "commit:" + "0" * 40, code=4)
        self.pedigree("trace", os.path.join(self.folder, "absent"), code=4)
        self.pedigree("run", "-f", SAMPLE, "--set", "resources.memory=8GB", code=3)
        self.pedigree("get", "--fast", code=2)
        self.pedigree("get", "--kubeconfig", os.path.join(self.folder, "absent"), code=4)

    def kubeconfig_for(self, account, server=None):
        kubectl("create", "serviceaccount", account, "-n", self.namespace)
        token = kubectl("create", "token", account, "-n", self.namespace).strip()
        config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        if server:
            config["clusters"][0]["cluster"]["server"] = server
        config["users"][0]["user"] = {"token": token}
        file = os.path.join(self.folder, account)
        with open(file, "w", encoding="utf-8") as out:
            json.dump(config, out)
        return file

    def test_rights_are_those_of_the_namespace(self):
        file = self.kubeconfig_for("stranger")
        refused = self.pedigree("trace", "exp/any-1", code=5, KUBECONFIG=file)
        self.assertIn("traces", refused.stderr)
        self.pedigree("get", code=5, KUBECONFIG=file)
        kubectl("create", "role", "reader", "-n", self.namespace, "--verb=get",
                "--resource=traces.lineage.pedigree.dev")
        kubectl("create", "rolebinding", "reader", "-n", self.namespace, "--role=reader",
                f"--serviceaccount={self.namespace}:stranger")
        self.pedigree("trace", "exp/any-1", code=4, KUBECONFIG=file)

    def test_a_cluster_that_is_away(self):
        file = self.kubeconfig_for("lost", server="https://127.0.0.1:9")
        done = self.pedigree("get", code=7, KUBECONFIG=file)
        self.assertIn("kubectl cluster-info", done.stderr)

    def diagnosis(self, code, **changes):
        """What doctor says of each check, the findings and the unknown by name."""
        done = self.pedigree("doctor", "-o", "json", code=code, **changes)
        document = json.loads(done.stdout)
        by_verdict = {"ok": [], "finding": [], "unknown": []}
        for item in document["items"]:
            by_verdict[item["verdict"]].append(item)
        return by_verdict

    def test_doctor_has_nothing_against_what_is_there(self):
        # This namespace was made for the test and has no Secrets of the platform's: they alone are missing.
        said = self.diagnosis(code=1)
        missing = [item for item in said["finding"] if item.get("about", "").startswith(self.namespace + "/")]
        self.assertEqual([item["check"] for item in missing], ["Secret"] * len(missing))
        self.assertEqual([item for item in said["finding"] if item not in missing], [])
        looked_at = {item["check"] for item in said["ok"]}
        self.assertLessEqual({"ApiServer", "Clock", "CustomResource", "Schema", "ApiService", "Certificate",
                              "AdmissionPolicy", "Operator", "OperatorPod", "Leader", "Configuration", "Secret",
                              "Right", "OperatorRights", "Namespace", "Gpus"}, looked_at)
        self.assertLessEqual({item["check"] for item in said["unknown"]}, {"OperatorVersion"})

    def test_doctor_tells_a_stranger_what_he_may_not_see(self):
        said = self.diagnosis(code=1, KUBECONFIG=self.kubeconfig_for("visitor"))
        self.assertEqual({item["check"] for item in said["finding"]}, {"Right"})
        unseen = {item["check"] for item in said["unknown"]}
        self.assertLessEqual({"Schema", "Operator", "OperatorPod", "Leader", "Configuration", "Secret",
                              "OperatorRights", "Gpus"}, unseen)

    def test_a_support_bundle_holds_no_value_of_a_secret(self):
        file = os.path.join(self.folder, "bundle.tar.gz")
        done = self.pedigree("support-bundle", "-o", file)
        self.assertIn("left out: Secrets: never taken", done.stderr)
        with tarfile.open(file) as archive:
            texts = {member.name.split("/", 1)[1]: archive.extractfile(member).read() for member in archive}
        manifest = json.loads(texts["manifest.json"])
        self.assertEqual([item["path"] for item in manifest["items"]], sorted(set(texts) - {"manifest.json"}))
        for item in manifest["items"]:
            self.assertEqual(hashlib.sha256(texts[item["path"]]).hexdigest(), item["sha256"])
        for path in ("doctor.json", "operator/deployment.json", "operator/lease.json", "cluster/crd.json"):
            self.assertIn(path, texts)
        self.assertTrue(any(path.endswith("/operator.log") for path in texts))
        secrets = json.loads(kubectl("get", "secrets", "-n", "pedigree-system", "-o", "json"))["items"]
        # A password, as a person chooses one; a user's name and a short word may stand anywhere.
        values = [base64.b64decode(value) for secret in secrets for key, value in secret.get("data", {}).items()
                  if key in ("password", "AWS_SECRET_ACCESS_KEY", "tls.key", "url", ".dockerconfigjson")]
        self.assertTrue(values)
        for path, text in texts.items():
            for value in values:
                self.assertNotIn(value.strip(), text, path)

    def test_uninstall_asks_and_without_an_answer_does_nothing(self):
        done = self.pedigree("uninstall", "--everything", code=3)
        self.assertTrue(done.stderr.startswith("goes, in this order:\n  APIService "), done.stderr)
        self.assertIn("stays:\n  the database", done.stderr)
        self.assertIn("--yes", done.stderr)
        kubectl("get", "apiservice", "v1alpha1.lineage.pedigree.dev")
        kubectl("get", "deployment", "pedigree-operator", "-n", "pedigree-system")
        self.pedigree("uninstall", code=2)

    def test_output_is_data_and_colours_are_for_terminals(self):
        name = self.create("plain", "--set", "suspend=true")
        self.assertNotIn("\033", self.pedigree("get", name).stdout)
        self.assertIn("\033", self.pedigree("get", name, "--color", "always").stdout)

    def test_names_are_completed(self):
        name = self.create("typed", "--set", "suspend=true")
        done = run(PROGRAM, "__complete", "get", "-n", self.namespace, "typ")
        self.assertEqual(done.stdout, f"{name}\n:4\n")

    def test_bash_completes(self):
        name = self.create("tab", "--set", "suspend=true")
        script = (
            f"PATH={os.path.dirname(PROGRAM)}:$PATH; source <(pedigree completion bash); "
            f"COMP_LINE='pedigree get -n {self.namespace} ta'; COMP_POINT=${{#COMP_LINE}}; _pedigree; "
            'echo "${COMPREPLY[@]}"'
        )
        done = run("bash", "-c", script)
        self.assertEqual(done.stdout.strip(), name, done.stderr)

    def test_as_a_plugin_of_kubectl(self):
        os.symlink(PROGRAM, os.path.join(self.folder, "kubectl-pedigree"))
        path = f"{self.folder}:{environment()['PATH']}"
        done = run("kubectl", "pedigree", "lint", "--help", PATH=path)
        self.assertTrue(done.stdout.startswith("kubectl pedigree lint: "), done.stdout + done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        raise SystemExit("usage: cli_test.py PROGRAM")
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
