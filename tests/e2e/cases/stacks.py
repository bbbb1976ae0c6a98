"""The stacks that people train with, as manifests/samples has them: each lock is built on the base, imported,
and trains a little."""
import os
import signal

from experiment import GIT_URL, OTHER, Experiment, base_image, nodes, spec
from harness import case, expect, expect_equal, expect_words, until
from machine import ROOT, fact, kubectl_json, processes_of, sql


def source(folder):
    return {"git": {"url": GIT_URL, "ref": "main", "secretName": "git-token"}, "subdirectory": folder}


def gate(experiment):
    """What the trace says of the imports before the first trial."""
    return [each["attributes"].get("imports") for each in nodes(experiment.trace(), "ImageBuild")]


def trains(stack, *words, base="base-digest"):
    folder = f"stacks/{stack}"
    sample = kubectl_json("create", "--dry-run=client", "-f", str(ROOT / f"dev/run/samples/{stack}.yaml"))
    experiment = Experiment(f"stack-{stack}", sample["spec"])
    experiment.finished("Succeeded", 400)
    expect_words(experiment.pedigree("logs", experiment.name).stdout, *words)
    trace = experiment.trace()
    locked = [line.split("==")[0] for line in (ROOT / "dev/samples/mnist" / folder / "requirements.lock")
              .read_text().splitlines() if "==" in line]
    traced = {each["attributes"]["name"].split()[0].lower().replace("_", "-") for each in nodes(trace, "Wheel")}
    expect(set(locked) <= traced, f"wheels in the lock, not in the trace: {set(locked) - traced}")
    expect(nodes(trace, "Lockfile") and nodes(trace, "BaseImage"), "lock or base is missing in the trace")
    expect(fact(base) in str(nodes(trace, "BaseImage")), "another base")
    expect(all(gate(experiment)), "no gate in the trace")
    return experiment


def open_ports(experiment):
    """Of each auxiliary pod. The development cluster's bridge enforces no policy: that they stand there is all to see."""
    policies = [each["spec"] for each in kubectl_json("-n", experiment.namespace, "get", "networkpolicies")["items"]
                if each["metadata"]["ownerReferences"][0]["uid"] == experiment.uid]
    expect(all(each["policyTypes"] == ["Ingress", "Egress"] for each in policies), f"a way is left open: {policies}")
    return [[port["port"] for rule in each.get("egress", []) for port in rule["ports"]] for each in policies]


def auxiliary(experiment, kind):
    """Its auxiliary Jobs or their pods: both are named after it."""
    found = kubectl_json("-n", experiment.namespace, "get", kind, "-l", "pedigree.dev/auxiliary")["items"]
    return [each for each in found if each["metadata"]["name"].startswith(f"exp-{experiment.uid[:8]}-")]


def held_pod(experiment):
    """The pod of its auxiliary Job, with its program stopped: it stays until somebody ends it."""
    pod = until(120, lambda: auxiliary(experiment, "pods"), f"{experiment.name} has an auxiliary pod")[0]["metadata"]["uid"]
    for process in until(60, lambda: processes_of(pod, "python3.11"), "its program runs", every=0.05):
        os.kill(process, signal.SIGSTOP)
    return pod


@case()
def the_tensorboard_stack_builds_and_trains():
    trains("tensorboard", "plugins", "profile", "Epoch 2/2")
    again = Experiment("imports-known", spec(["python", "-c", "print(1)"], source=source("stacks/tensorboard")))
    again.finished("Succeeded", 200)
    expect_equal(gate(again), ["known from an earlier image"], "what the second Experiment with these wheels has of it")


@case()
def the_clearml_stack_builds_and_trains():
    trains("clearml", "last loss", "Epoch 2/2")


@case(tier="all")  # 2 GB for the node to unpack
def a_base_without_packages_gets_tensorflow_from_its_lock_and_trains():
    trains("slim", "Epoch 2/2", base="slim-base-digest")


@case()
def the_wandb_stack_builds_a_wheel_of_its_source_distribution_and_trains():
    sql("delete from pedigree.derived_wheel")  # an earlier run kept it
    experiment = trains("wandb", "accuracy", "Epoch 2/2")
    expect_equal(open_ports(experiment), [], "policies that outlive their pods")
    derived = [each["attributes"] for each in nodes(experiment.trace(), "Wheel") if "builtFrom" in each["attributes"]]
    expect_equal([each["name"] for each in derived], ["pathtools 0.1.2"], "wheels that were built")
    stored = sql("select source, file_name from pedigree.derived_wheel")
    expect([derived[0]["builtFrom"], "pathtools-0.1.2-py3-none-any.whl"] in stored, f"not kept for others: {stored}")


@case()
def a_lock_that_cannot_be_imported_ends_before_any_trial():
    """GitPython without gitdb: the gate shows the traceback."""
    experiment = Experiment("incomplete", spec(["python", "-c", "print(1)"], source=source("stacks/incomplete")))
    status = experiment.finished("Failed", 200)
    expect_equal(status["reason"], "ImportFailed", "reason")
    expect_words(status["message"], "No module named 'gitdb'")
    expect_equal(status["attempts"], 0, "attempts")
    expect_equal(open_ports(experiment), [], "policies that outlive their pods")


@case()
def without_the_gate_the_same_lock_trains():
    """What GitPython lacks, a script that never imports it does not miss."""
    experiment = Experiment("no-gate", spec(
        ["python", "-c", "print(1)"], source=source("stacks/incomplete"),
        image={"base": base_image(), "lockFile": "requirements.lock", "pullSecretName": "base-pull", "gate": "None"}))
    experiment.finished("Succeeded", 200)
    expect_equal(gate(experiment), ["not checked, as the spec wants it"], "what the trace says of the imports")
    expect_equal(auxiliary(experiment, "jobs"), [], "Jobs beside the training's")


@case()
def a_cancelled_build_of_a_wheel_ends_at_once():
    """In the other namespace, which never gets the wheel."""
    experiment = Experiment("wheel-cancel", spec(["python", "-c", "print(1)"], source=source("stacks/wandb")), OTHER)
    held_pod(experiment)
    expect_equal(open_ports(experiment), [[8081, 53, 53]], "what the pod may reach")
    experiment.patch(cancel=True)
    until(15, lambda: not auxiliary(experiment, "pods"), "the pod that builds goes")
    experiment.finished("Cancelled", 30)
    until(15, lambda: not auxiliary(experiment, "jobs") and not open_ports(experiment), "its Job and the policy go, too")
