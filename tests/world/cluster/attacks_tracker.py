"""Training code of one namespace that wants to change what another one's runs say. Each attack ends with a look at
MLflow itself and at the attacker's own record."""
import json

from cluster.parts import gaps_of, running_pod, script, small
from cluster.training import TRACKED
from experiment import MLFLOW_URL, OTHER, RUN, nodes
from harness import Once, case, expect, expect_equal, expect_words, until
from machine import mlflow, secret, store_get, store_list

ATTACKER = {"mlflow": {"url": MLFLOW_URL, "secretName": "mlflow", "experimentName": f"e2e-attack-{RUN}"}}


def _victim():
    """An Experiment with a run of its own that has ended; its MLflow experiment is the tests'."""
    experiment = small("victim", script("open_run", "0", calls=True), trackers=TRACKED)
    experiment.finished("Succeeded")
    _, (run,) = experiment.runs()
    return run


victim = Once(_victim)


def attack(name, *arguments, **changes):
    experiment = small(f"attack-{name}", script(*arguments, calls=True), OTHER, trackers=ATTACKER, **changes)
    experiment.finished("Succeeded")
    return experiment


def seen_of(run):
    found = mlflow("runs/get", run_id=run["info"]["run_id"])["run"]
    return json.dumps(found, sort_keys=True), json.dumps(mlflow(
        "experiments/get", experiment_id=run["info"]["experiment_id"])["experiment"].get("tags", []))


@case()
def a01_no_spelling_of_a_field_reaches_another_namespaces_run():
    run = victim()
    before = seen_of(run)
    experiment = attack("spellings", "other_spellings", run["info"]["run_id"])
    expect_equal(seen_of(run), before, "the other namespace's run")
    made = {each["uid"] for each in nodes(experiment.trace(), "Run")}
    expect(run["info"]["run_id"] not in made, "the attacker's record claims the run")


@case(tier="all")
def a09_neither_tags_nor_artifacts_of_others_are_written():
    run = victim()
    before = seen_of(run)
    experiment = attack("things", "others_things", run["info"]["experiment_id"], run["info"]["run_id"])
    expect_words(experiment.logs(), "TAG 403", "UPLOAD 403")
    expect_equal(seen_of(run), before, "the other namespace's run and experiment")
    listed = mlflow("artifacts/list", run_id=run["info"]["run_id"]).get("files", [])
    expect_equal(listed, [], "artifacts of the other namespace's run")


@case(tier="all")
def a16_a_long_status_loses_no_model():
    experiment = attack("status", "long_status")
    trace = experiment.trace()
    recorded = {each["type"]: each["status"] for each in experiment.status()["conditions"]}["LineageRecorded"]
    expect(nodes(trace, "Model") and nodes(trace, "Run"), f"LineageRecorded is {recorded}, the trace lacks the model")


@case(tier="all")
def a21_a_report_that_the_script_wrote_hides_nothing():
    experiment = small("attack-report", script("own_report", calls=True), OTHER, trackers=ATTACKER,
                       outputs=[{"name": "model", "path": "outputs/model"}])
    until(240, lambda: any(each["type"] == "Finished" and each["status"] == "True"
                           for each in experiment.status().get("conditions", [])), "it ends")
    said, trace = experiment.logs(), experiment.trace()
    recorded = {each["uid"] for each in nodes(trace, "Run")}
    _, own = experiment.runs()
    unrecorded = {each["info"]["run_id"] for each in own} - recorded
    expect(not unrecorded or gaps_of(trace), f"runs {unrecorded} are in MLflow and in no record: {said[-300:]}")
    late = [line.split()[1] for line in said.splitlines() if line.startswith("LATE ")]
    expect(all(run in recorded for run in late), f"late runs {late}, recorded {recorded}")
    expect_words(str(nodes(trace, "Model")), "late.bin")


@case(tier="all")
def a08_no_credential_is_read_through_an_output():
    """Links, FIFOs, and a child in a session of its own that swaps them while they are uploaded."""
    experiment = small("attack-swap", script("swapped_files", calls=True), OTHER, trackers=ATTACKER,
                       outputs=[{"name": "model", "path": "outputs/model"}])
    running_pod(experiment)
    experiment.finished("Succeeded")
    (attempt,) = experiment.attempts()
    secrets = [secret(name).encode() for name in ("s3-secret-key", "s3-access-key", "mlflow-login")]
    keys = store_list("pedigree", f"attempts/{attempt[5]}/") or [
        key for key in store_list("pedigree", "") if attempt[5] in key]
    expect(keys, "nothing was uploaded")
    for key in keys[:40] + [each for each in keys if "/z" in each]:
        data = store_get("pedigree", key)
        expect(not any(word in data for word in secrets) and not data.startswith(b"eyJ"), f"{key} has a credential")
