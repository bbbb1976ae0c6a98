"""A pod's whole life against a real MLflow 3.5.1 and MinIO: what the SDK sees, what the record says."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import pod as pods
from pod import Minio, Mlflow, Pod, manifest_digest, wait_until

TENSORFLOW_PYTHON = pathlib.Path(os.environ.get("PEDIGREE_TENSORFLOW_PYTHON",
                                                pods.CACHE / "test-venv/bin/python"))


class PodTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pods.new_folder()
        cls.mlflow, cls.minio = Mlflow(cls.folder / "mlflow"), Minio(cls.folder / "minio")
        cls.minio.start()
        cls.mlflow.start()
        cls.mlflow.call("experiments/create", {"name": "it"})

    @classmethod
    def tearDownClass(cls):
        cls.mlflow.stop()
        cls.minio.stop()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def new_pod(self, **changes):
        pod = Pod(self.folder, self.mlflow, self.minio, self._testMethodName.replace("_", "-"),
                  **changes)
        self.addCleanup(pod.stop)
        return pod

    def test_runs_in_a_loop_are_all_found(self):
        pod = self.new_pod()
        self.assertEqual(pod.run_script("runs_in_a_loop.py"), 0)
        bundle = pod.bundle()
        self.assertTrue(bundle["complete"], bundle["gaps"])
        self.assertEqual(len(bundle["runs"]), 3)
        self.assertEqual({run["status"] for run in bundle["runs"]}, {"FINISHED"})
        self.assertEqual({run["parameters"]["learning_rate"] for run in bundle["runs"]},
                         {"0.1", "0.01", "0.001"})
        for run in bundle["runs"]:
            self.assertEqual(run["metrics"]["loss"]["count"], 5)
            self.assertEqual(run["metrics"]["loss"]["lastStep"], 4)
        notes = [a for a in bundle["artifacts"] if a["name"] == "notes"]
        self.assertEqual(len(notes), 3)
        expected = {hashlib.sha256(b"rate %s\n" % rate).hexdigest()
                    for rate in (b"0.1", b"0.01", b"0.001")}
        self.assertEqual({a["files"][0]["digest"] for a in notes}, {"sha256:" + d for d in expected})
        self.assertEqual(bundle["launcher"]["exitCode"], 0)
        self.assertEqual(len(self.mlflow.runs_of(pod.uid)), 3)

    def test_nested_runs_in_an_own_experiment_keep_their_parents(self):
        pod = self.new_pod()
        self.assertEqual(pod.run_script("nested_own_experiment.py"), 0)
        runs = {run["name"]: run for run in pod.bundle()["runs"]}
        self.assertEqual(set(runs), {"outer", "data", "features", "training", "evaluation"})
        for phase in ("data", "features", "training", "evaluation"):
            self.assertEqual(runs[phase]["parentRunId"], runs["outer"]["runId"])

    def test_runs_of_the_client_api_are_tied_too(self):
        pod = self.new_pod()
        self.assertEqual(pod.run_script("client_api.py"), 0)
        bundle = pod.bundle()
        self.assertEqual(len(bundle["runs"]), 1)
        tags = {t["key"]: t["value"] for t in self.mlflow.runs_of(pod.uid)[0]["data"]["tags"]}
        self.assertEqual(tags["pedigree.experiment"], "experiment-uid")

    def test_a_script_may_not_do_what_it_should_not(self):
        pod = self.new_pod()
        stranger = self.mlflow.call("runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        (pod.root / "workspace/stranger").write_text(stranger)
        self.assertEqual(pod.run_script("forbidden.py"), 0)
        bundle = pod.bundle()
        self.assertIn(b"refused 5", pod.log_text(bundle))
        self.assertGreaterEqual(bundle["counters"]["refused"], 5)
        tags = self.mlflow.call("runs/get?run_id=" + stranger)["run"]["data"].get("tags", [])
        self.assertNotIn("x", [tag["key"] for tag in tags])

    def test_no_spelling_reaches_another_run(self):
        pod = self.new_pod()
        stranger = self.mlflow.call("runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        (pod.root / "workspace/stranger").write_text(stranger)
        before = self.mlflow.call("runs/get?run_id=" + stranger)
        self.assertEqual(pod.run_script("spellings.py"), 0)
        self.assertEqual(self.mlflow.call("runs/get?run_id=" + stranger), before)
        self.assertEqual(len(pod.bundle()["runs"]), 1)

    def test_a_registered_model_name_ends_well_and_is_said(self):
        pod = self.new_pod()
        code = pod.run_script("registered.py")
        bundle = pod.bundle()
        self.assertEqual(code, 0, pod.log_text(bundle))
        self.assertIn("Model", [artifact["kind"] for artifact in bundle["artifacts"]])
        self.assertIn("churn", " ".join(gap["sentence"] for gap in bundle["gaps"]))
        self.assertEqual(self.mlflow.call("registered-models/search"), {})

    def test_what_is_left_running_is_dead_before_outputs_are_read(self):
        pod = self.new_pod(outputs=[{"name": "model", "path": "outputs/model", "kind": "Model"}])
        self.assertEqual(pod.run_script("strays.py"), 0)
        bundle = pod.bundle()
        artifact = bundle["artifacts"][0]
        self.assertGreaterEqual(len(artifact["files"]), 300)
        for file in artifact["files"]:
            data = pod.object(f"attempts/{pod.uid}/outputs/model/{file['path']}")
            self.assertNotIn(b"canary", data)
            self.assertEqual(file["digest"], "sha256:" + hashlib.sha256(data).hexdigest())

    def test_a_script_that_logs_much_has_a_small_bundle_with_pages(self):
        pod = self.new_pod(outputs=[{"name": "many", "path": "outputs/many", "kind": "Artifact"}])
        files = int(os.environ.get("PEDIGREE_MANY_FILES", "2000"))
        (pod.root / "workspace/files").write_text(str(files))
        self.assertEqual(pod.run_script("much.py"), 0)
        bundle = pod.bundle()
        resident = pod.resident_bytes_max()
        print(f"recorder's largest resident set for {files} files: {resident / 2**20:.1f} MiB")
        self.assertLess(len(json.dumps(bundle)), 2**20)
        self.assertEqual(bundle["runs"][0]["parameterCount"], 200)
        self.assertEqual(bundle["runs"][0]["metricCount"], 5000)
        self.assertEqual(bundle["artifacts"][0]["fileCount"], files)
        found = 0
        for number, page in enumerate(bundle["pages"], 1):
            data = pod.object(f"attempts/{pod.uid}/bundle/{number:05}.json")
            self.assertEqual(page["digest"], "sha256:" + hashlib.sha256(data).hexdigest())
            found += sum(len(artifact["files"]) for artifact in json.loads(data)["artifacts"])
        self.assertEqual(found, files)
        self.assertLess(resident, 100 * 2**20)  # the container has 128 MiB

    def test_a_crash_keeps_its_exit_code_and_words(self):
        pod = self.new_pod(outputs=[{"name": "model", "path": "outputs/model", "kind": "Model"}])
        self.assertEqual(pod.run_script("crash_without_with.py"), 3)
        bundle = pod.bundle()
        self.assertEqual(bundle["launcher"]["exitCode"], 3)
        self.assertEqual(bundle["runs"][0]["metrics"]["loss"]["last"], "3")
        self.assertIn("outputs/model is not there", bundle["gaps"][0]["sentence"])

    def test_an_outage_in_the_middle_loses_nothing(self):
        pod = self.new_pod()
        pod.start_recorder()
        pod.start_script("outage.py")
        workspace = pod.root / "workspace"
        wait_until((workspace / "stop_server").exists, "the tenth step")
        self.mlflow.stop()
        (workspace / "server_stopped").touch()
        wait_until((workspace / "all_logged").exists, "all steps while the server is away")
        self.mlflow.start()
        self.assertEqual(pod.wait(), 0)
        bundle = pod.bundle()
        self.assertTrue(bundle["complete"], bundle["gaps"])
        self.assertGreaterEqual(bundle["counters"]["appendsKept"], 29)
        self.assertEqual(bundle["runs"][0]["metrics"]["loss"]["count"], 40)
        run = self.mlflow.runs_of(pod.uid)[0]
        self.assertEqual(run["info"]["status"], "FINISHED")
        history = self.mlflow.call("metrics/get-history?max_results=1000&metric_key=loss&run_id=" +
                                   run["info"]["run_id"])["metrics"]
        self.assertEqual(sorted(m.get("step", 0) for m in history), list(range(40)))

    def test_a_killed_recorder_goes_on_where_it_was(self):
        pod = self.new_pod()
        pod.start_recorder()
        pod.start_script("outage.py")
        workspace = pod.root / "workspace"
        wait_until((workspace / "stop_server").exists, "the tenth step")
        pod.recorder.stop(signal.SIGKILL)
        pod.start_recorder()
        (workspace / "server_stopped").touch()
        self.assertEqual(pod.wait(), 0)
        bundle = pod.bundle()
        self.assertEqual(len(bundle["runs"]), 1)
        self.assertEqual(bundle["runs"][0]["metrics"]["loss"]["count"], 40)

    def test_a_large_artifact_streams_in_constant_memory(self):
        # MLflow's default server (uvicorn before Flask) needs minutes for such a body, also when it
        # is asked directly; behind gunicorn it streams.
        server = Mlflow(self.folder / "mlflow-gunicorn",
                        ("--gunicorn-opts", "--workers 1 --timeout 600"))
        self.addCleanup(server.stop)
        server.start()
        server.call("experiments/create", {"name": "it"})
        pod = self.new_pod()
        pod.config["mlflow"]["url"] = server.url
        self.assertEqual(pod.run_script("large_artifact.py"), 0)
        resident = pod.resident_bytes_max()
        bundle = pod.bundle()
        artifact = [a for a in bundle["artifacts"] if a["name"] == "large.bin"][0]
        with open(pod.root / "workspace/large.bin", "rb") as file:
            self.assertEqual(artifact["digest"],
                             "sha256:" + hashlib.file_digest(file, "sha256").hexdigest())
        print(f"recorder's largest resident set for a 500 MB artifact: {resident / 2**20:.1f} MiB")
        self.assertLess(resident, 32 * 2**20)

    def test_the_launcher_killed_leaves_a_record_that_says_so(self):
        pod = self.new_pod()
        pod.start_recorder()
        pod.start_script("outage.py")
        wait_until((pod.root / "workspace/stop_server").exists, "the tenth step")
        os.killpg(pod.launcher.child.pid, signal.SIGKILL)
        pod.launcher.stop()  # the script goes with its container
        self.assertEqual(pod.recorder.stop(), 0)  # as the kubelet does when the container is gone
        bundle = pod.bundle()
        self.assertEqual(bundle["launcher"]["exitCode"], -1)
        self.assertIn("without its last report", " ".join(g["sentence"] for g in bundle["gaps"]))

    def test_autolog_on_keras(self):
        if not TENSORFLOW_PYTHON.exists():
            subprocess.run([pathlib.Path(__file__).parent / "make_venv"], check=True)
        pod = self.new_pod(outputs=[{"name": "model", "path": "outputs/model", "kind": "Model"}])
        self.assertEqual(pod.run_script("autolog.py", python=TENSORFLOW_PYTHON), 0)
        bundle = pod.bundle()
        self.assertTrue(bundle["complete"], bundle["gaps"])
        output = [a for a in bundle["artifacts"] if a["source"] == "Output"][0]
        self.assertEqual(output["digest"], manifest_digest(pod.root / "workspace/outputs/model"))
        logged = [a for a in bundle["artifacts"] if a["runId"].startswith("m-")]
        self.assertEqual([a["kind"] for a in logged], ["Model"])
        self.assertIn("MLmodel", [f["path"] for f in logged[0]["files"]])
        for file in logged[0]["files"]:
            stored = self.folder / "mlflow/artifacts" / logged[0]["location"].split(":/")[1] / file["path"]
            self.assertEqual(file["digest"], "sha256:" + hashlib.sha256(stored.read_bytes()).hexdigest())
        run = bundle["runs"][0]
        history = self.mlflow.call("metrics/get-history?max_results=1000&metric_key=loss&run_id=" +
                                   run["runId"])["metrics"]
        self.assertEqual(run["metrics"]["loss"]["lastStep"], max(m.get("step", 0) for m in history))
        self.assertGreaterEqual(run["metrics"]["loss"]["count"], len(history))
        server_run = self.mlflow.call("runs/get?run_id=" + run["runId"])["run"]
        latest = {m["key"]: m["value"] for m in server_run["data"]["metrics"]}
        self.assertEqual(float(run["metrics"]["loss"]["last"]), latest["loss"])
        self.assertEqual(run["parameters"]["opt_name"], "Adam")

    def test_prepare_checks_inputs_and_asks_mlflow(self):
        data = b"data of a bucket"
        (self.folder / "upload").write_bytes(data)
        target = f"{self.minio.url}/{self.minio.BUCKET}/namespaces/vision/mnist.npz"
        subprocess.run(["curl", "-sSf", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                        f"{self.minio.KEY}:{self.minio.SECRET}", "-T", self.folder / "upload", target],
                       check=True)
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        source = {"name": "mnist", "kind": "Dataset", "uri": "s3://pedigree/namespaces/vision/mnist.npz",
                  "digest": digest, "directory": "/inputs/mnist"}
        pod = self.new_pod(inputs=[source], parametersJson='{"a":1}')
        done = pod.run("prepare")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((pod.root / "inputs/mnist/mnist.npz").read_bytes(), data)
        self.assertEqual((pod.root / "pedigree/parameters.json").read_text(), '{"a":1}')
        self.assertTrue(os.access(pod.root / "pedigree/pedigree-launch", os.X_OK))
        self.assertNotIn("canary", done.stderr)

        pod.config["inputs"][0]["digest"] = "sha256:" + "0" * 64
        done = pod.run("prepare")
        self.assertEqual(done.returncode, 1)
        said = json.loads((pod.root / "dev/termination-log").read_text())
        self.assertEqual(said["failure"]["class"], "Configuration")
        self.assertEqual(said["failure"]["reason"], "DigestMismatch")
        self.assertIn(digest, said["failure"]["message"])

        pod.config["inputs"][0]["uri"] = "s3://pedigree/namespaces/speech/mnist.npz"
        self.assertEqual(pod.run("prepare").returncode, 1)
        said = json.loads((pod.root / "dev/termination-log").read_text())
        self.assertEqual(said["failure"]["reason"], "InputNotOfNamespace")
        self.assertIn("s3://pedigree/namespaces/vision/", said["failure"]["message"])
        self.assertNotIn(digest, said["failure"]["message"])

    def test_prepare_names_the_remedy_for_a_refused_host(self):
        pod = self.new_pod()
        # Names below .localhost are the loopback address; MLflow allows only the bare one.
        pod.config["mlflow"]["url"] = f"http://mlflow.localhost:{self.mlflow.port}"
        self.assertEqual(pod.run("prepare").returncode, 1)
        said = json.loads((pod.root / "dev/termination-log").read_text())
        self.assertEqual(said["failure"]["reason"], "MlflowHostRefused")
        self.assertEqual(said["failure"]["class"], "Configuration")
        self.assertIn("MLFLOW_SERVER_ALLOWED_HOSTS=mlflow.localhost:", said["failure"]["message"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
