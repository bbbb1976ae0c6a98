"""No credential of the cluster stands where a reader of logs, objects, rows or images would find it."""
import json

from experiment import NAMESPACE, sample
from harness import case, expect
from machine import STATE, database_dump, kubectl, registry

WHERE_THEY_BELONG = ("database-url", ".json", ".pgpass", ".env", "credentials")


def credentials():
    """The random ones; the other files hold them in a form of their own."""
    return {path.name: path.read_text().strip() for path in (STATE / "secrets").iterdir()
            if not path.name.endswith(WHERE_THEY_BELONG)}


def places():
    for container in ("operator", "worker"):
        yield f"log of the {container}", kubectl("-n", "pedigree-system", "logs", "deployment/pedigree-operator",
                                                 "-c", container)
    yield "Experiments, Jobs, pods, events", kubectl("-n", NAMESPACE, "get", "experiments,jobs,pods,events",
                                                     "-o", "json")
    for pod in sample().pods():
        yield "logs of the sample's pod", kubectl("-n", NAMESPACE, "logs", pod["metadata"]["name"],
                                                  "--all-containers")
    reference = sample().status()["resolved"]["image"]
    yield "the image's configuration and history", registry("inspect", "--config", "--raw", f"docker://{reference}")
    yield "rows of PostgreSQL", database_dump()
    yield "the trace", json.dumps(sample().trace())


@case(last=True)
def no_credential_is_found_where_people_read():
    values = credentials()
    expect(len(values) >= 5, f"the cluster's secrets are {sorted(values)}")
    found = [f"{name} in {place}" for place, text in places() for name, value in values.items() if value in text]
    expect(not found, ", ".join(found))
