"""What MLflow holds of scripts that open runs as they like, and of scripts that end badly."""
from experiment import Experiment, nodes, spec, tags, without_lock
from harness import case, expect, expect_equal, expect_words
from machine import kubectl, sql


def states(experiment):
    parent, own = experiment.runs()
    return parent["info"]["status"], sorted(each["info"]["status"] for each in own)


@case()
def three_runs_in_a_loop_are_found():
    experiment = Experiment("loop", spec(["python", "scripts/learning_rates.py"], dataset=True, tracked=True,
                                         model=True))
    experiment.finished("Succeeded")
    parent, own = experiment.runs()
    expect_equal(states(experiment), ("FINISHED", ["FINISHED"] * 3), "states")
    expect_equal({tags(each)["mlflow.parentRunId"] for each in own}, {parent["info"]["run_id"]}, "parents")
    recorded = {each["uid"] for each in nodes(experiment.trace(), "Run")}
    expect_equal(recorded, {each["info"]["run_id"] for each in own}, "runs in the trace")


@case()
def nested_runs_in_an_experiment_of_the_scripts_own_are_found():
    experiment = Experiment("nested", spec(["python", "scripts/nested_runs.py"], dataset=True, tracked=True,
                                           model=True))
    experiment.finished("Succeeded")
    parent, own = experiment.runs()
    expect_equal(states(experiment), ("FINISHED", ["FINISHED"] * 5), "states")
    outer, = (each for each in own if each["info"]["run_name"] == "pipeline")
    inner = [each for each in own if each is not outer]
    expect_equal({tags(each)["mlflow.parentRunId"] for each in inner}, {outer["info"]["run_id"]},
                 "the stages' parents")
    expect_equal(tags(outer)["mlflow.parentRunId"], parent["info"]["run_id"], "the outer run's parent")
    recorded = {each["uid"] for each in nodes(experiment.trace(), "Run")}
    expect_equal(recorded, {each["info"]["run_id"] for each in own}, "runs in the trace")


@case()
def a_failing_script_is_user_code_and_failed_in_mlflow():
    experiment = Experiment("fail", spec(["python", "scripts/fail.py"], tracked=True))
    status = experiment.finished("Failed")
    expect_equal(experiment.attempts()[0][2:5], ["UserCode", "ExitCode", "3"], "attempt")
    expect_words(status["message"], "exit code 3", "the labels do not fit the images")
    expect_equal(states(experiment), ("FAILED", ["FAILED"]), "states")


@case()
def a_script_that_is_killed_is_killed_in_mlflow():
    experiment = Experiment("killed", spec(["python", "scripts/kill_itself.py"], tracked=True))
    status = experiment.finished("Failed")
    expect_equal(experiment.attempts()[0][2:5], ["UserCode", "Signal", "137"], "attempt")
    expect_words(status["message"], "SIGKILL")
    expect_equal(states(experiment)[1], ["KILLED"], "states")


@case()
def running_out_of_memory_is_told_as_such():
    # exhaust_memory.py opens no run; a run that is open when the kernel strikes must end as KILLED.
    script = "import mlflow, runpy; mlflow.start_run(); runpy.run_path('scripts/exhaust_memory.py')"
    experiment = Experiment("memory", spec(["python", "-c", script], tracked=True,
                                           resources={"cpu": "300m", "memory": "512Mi"}))
    status = experiment.finished("Failed")
    expect_equal(experiment.attempts()[0][2:4], ["OutOfMemory", "OOMKilled"], "attempt")
    expect_words(status["message"], "spec.resources.memory")
    expect_equal(states(experiment), ("FAILED", ["KILLED"]), "states")


@case(tier="all")
def a_hundred_megabytes_of_output_are_kept_or_counted():
    experiment = Experiment("prints", spec(["python", "scripts/print_much.py"], image=without_lock()))
    experiment.finished("Succeeded", 400)
    pod, = experiment.pods()
    job = pod["metadata"]["labels"]["job-name"]
    kubectl("-n", experiment.namespace, "delete", "job", job, "--wait=false")
    kubectl("-n", experiment.namespace, "wait", f"pod/{pod['metadata']['name']}", "--for=delete", "--timeout=120s")
    text = experiment.pedigree("logs", experiment.name, seconds=300).stdout
    lines = [line for line in text.splitlines() if line[:9].isdigit()]
    dropped = 1_000_000 - len(lines)
    expect(lines and lines[0].startswith("000000000"), "the log does not begin with the first line")
    if dropped:
        gaps = sql("select convert_from(body, 'UTF8') from pedigree.ledger l join pedigree.scope s on "
                   f"s.id = l.scope where s.experiment = '{experiment.uid}'")
        expect(any("ropped" in row[0] for row in gaps), f"{dropped} lines are missing and nobody says so")
