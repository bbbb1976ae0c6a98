"""Training as people do it: hostile last lines, odd users, links among checkpoints, children that are killed."""
import json

from cluster.parts import SMALL, operator_restarts, script, small
from experiment import MLFLOW_URL, RUN, base_image, nodes
from harness import case, expect, expect_equal, expect_words
from machine import mlflow

TRACKED = {"mlflow": {"url": MLFLOW_URL, "secretName": "mlflow", "experimentName": f"e2e-{RUN}"}}
ROOMY = {"cpu": "300m", "memory": "1Gi", "scratch": "2Gi"}
LAST_LINES = {  # what is written to standard error, as bytes, and the words of it that a person must see
    "cut": ("'ValueError: ' + '\\u2500' * 100 + '\\n'", "ValueError: \u2500\u2500\u2500"),
    "nul": ("'boom \\x1b[31mred \\0 after\\n'", "boom"),
    "latin": ("b'boom \\xff\\xfe latin \\xe4\\n'", "latin"),
}


def locked():
    """The sample's lock, for scripts that import MLflow."""
    return {"base": base_image(), "lockFile": "requirements.lock", "pullSecretName": "base-pull"}


@case()
def t1_any_last_line_ends_in_a_message_of_valid_text():
    before = operator_restarts()
    experiments = {name: small(f"t1-{name}", ["python", "-c", (
        f"import sys; line = {line}; sys.stderr.buffer.write(line if isinstance(line, bytes) else line.encode()); "
        "sys.exit(3)")]) for name, (line, _) in LAST_LINES.items()}
    for name, experiment in experiments.items():
        message = experiment.finished("Failed")["message"]
        expect_equal(experiment.attempts()[0][2:5], ["UserCode", "ExitCode", "3"], name)
        expect_words(message, "exit code 3", LAST_LINES[name][1])
        expect(not any(letter < " " or letter == "\x7f" for letter in message), f"{name}: {message!r}")
    expect_equal(operator_restarts(), before, "restarts of the operator")


@case(tier="all")
def t2_the_pods_user_has_a_name():
    experiment = small("t2", script("user_of_the_pod"))
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), "user pedigree passwd pedigree")


@case(tier="all")
def t3_the_working_directory_can_be_logged_whole():
    experiment = small("t3", script("code_paths"), image=locked(), resources=ROOMY, trackers=TRACKED)
    experiment.finished("Succeeded", 300)
    _, (run,) = experiment.runs()
    listed = [each["path"] for each in mlflow("artifacts/list", run_id=run["info"]["run_id"],
                                              path="snapshot").get("files", [])]
    expect("snapshot/train.py" in listed, f"listed: {listed}")
    expect(not [each for each in listed if "/." in each and not each.endswith((".gitignore",))], f"ours: {listed}")


@case()
def t4_a_link_to_the_newest_checkpoint_is_kept():
    experiment = small("t4", script("linked_checkpoint"), outputs=[{"name": "model", "path": "outputs/model"}])
    experiment.finished("Succeeded")
    model, = nodes(experiment.trace(), "Model")
    expect_words(str(model), "epoch-1.ckpt", "epoch-2.ckpt", "last.ckpt")


@case(tier="all")
def t5_a_child_that_the_kernel_kills_is_told():
    experiment = small("t5", script("child_takes_memory"), resources={**SMALL, "memory": "512Mi"},
                       retries={"outOfMemory": 1, "memoryLimit": "1Gi"})
    status = experiment.finished("Failed", 300)
    expect_words(f"{status['reason']}: {status['message']}", "OOMKilled", "memory")
    expect_equal([row[2] for row in experiment.attempts()], ["OutOfMemory"] * 2, "classes of the attempts")


@case(tier="all")
def t6_a_bus_error_names_shared_memory():
    experiment = small("t6", script("shared_memory"), resources={**SMALL, "sharedMemory": "64Mi"})
    expect_words(experiment.finished("Failed")["message"], "SIGBUS", "sharedMemory")


@case(tier="all")
def t7_a_parameter_longer_than_mlflow_takes_is_cut_between_characters():
    value = "x" + "\u6f22" * 2100
    experiment = small("t7", ["python", "-c", "print(1)"], trackers=TRACKED, parameters={"prompt": value},
                       deadlines={"prepareSeconds": 120})
    experiment.finished("Succeeded")
    parent, _ = experiment.runs()
    kept = {each["key"]: each["value"] for each in parent["data"]["params"]}["prompt"]
    expect(len(kept) > 1000 and value.startswith(kept.removesuffix("...")), f"MLflow has {kept[-20:]!r}")


@case(tier="all")
def t8_registering_at_the_end_costs_no_training():
    experiment = small("t8", script("registered_name"), image=locked(), resources=ROOMY, trackers=TRACKED)
    experiment.finished("Succeeded", 300)
    trace = experiment.trace()
    expect(nodes(trace, "Model"), "the model is not in the trace")
    expect_words(str(trace["gaps"]), "world-model")


@case(tier="all")
def t9_names_of_artifacts_are_kept_or_refused_by_name():
    """MLflow's client does not encode: what stands behind a '#' never leaves the pod, so nobody can refuse it; the
    same file as an output keeps its name."""
    experiment = small("t9", script("artifact_names"), image=locked(), resources=ROOMY, trackers=TRACKED,
                       outputs=[{"name": "marked", "path": "kept", "kind": "Artifact"}])
    experiment.finished("Succeeded", 300)
    said = experiment.logs()
    _, (run,) = experiment.runs()
    listed = {each["path"] for each in mlflow("artifacts/list", run_id=run["info"]["run_id"]).get("files", [])}
    kept = {"model-epoch=00-val_loss=0.78.ckpt", "a+b.txt", "\u00fcbung.txt", "h", "x&y=1;z.txt", "[a].txt",
            "c:d.txt"}
    expect_equal(listed, kept, "what MLflow lists")
    for name in ("accuracy 95%.txt", "q?.txt", "50%25.txt"):
        expect_words(said, f"REFUSED '{name}'")
    expect_words(json.dumps(nodes(experiment.trace(), "Artifact")), "h#.txt")


@case()
def t10_switches_and_lists_arrive_as_argparse_reads_them():
    reads = ("import argparse; p = argparse.ArgumentParser(); p.add_argument('--augment', action='store_true'); "
             "p.add_argument('--shuffle', action=argparse.BooleanOptionalAction); p.add_argument('--quick', "
             "action='store_true'); p.add_argument('--layers', nargs='+', type=int); "
             "p.add_argument('overrides', nargs='*'); print(vars(p.parse_args()))")
    experiment = small("t10", ["python", "-c", reads], parameters={
        "a.lr": 0.001, "augment": True, "layers": "64 64 10", "quick": False, "shuffle": False}, parametersAs={"arguments": {
            "a.lr": "optimizer.lr=", "augment": "--augment?", "layers": "--layers...", "quick": "--quick?",
            "shuffle": "--shuffle/--no-shuffle"}})
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), "'augment': True", "'shuffle': False", "'quick': False", "'layers': [64, 64, 10]",
                 "'overrides': ['optimizer.lr=0.001']")


@case(tier="all")
def t12_numbers_arrive_as_they_were_written():
    parameters = {"date": 20200219, "big": 1000000, "seed": 9007199254740993, "tiny": 1e-7}
    options = {name: f"--{name}" for name in ("big", "date", "seed")}
    experiment = small("t12", script("numbers"), trackers=TRACKED, parameters=parameters,
                       parametersAs={"arguments": options, "environment": {"tiny": "TINY"}})
    experiment.finished("Succeeded")
    parent, _ = experiment.runs()
    kept = {each["key"]: each["value"] for each in parent["data"]["params"]}
    expect_equal({name: kept[name] for name in options}, {name: str(parameters[name]) for name in options}, "MLflow's")
