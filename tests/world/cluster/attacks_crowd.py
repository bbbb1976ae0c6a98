"""Nobody starves anybody: idle connections, slow readers, training that logs much."""
import contextlib
import json
import selectors
import socket
import subprocess
import time

from cluster.parts import SYSTEM, operator_restarts, script, small
from cluster.training import TRACKED
from experiment import NAMESPACE, OTHER, nodes
from harness import case, expect, expect_equal, until
from machine import ENVIRONMENT, kubectl, kubectl_json

PRINTS = ["python", "-c", "print(1)"]
CONNECTIONS = 256
HELD_SECONDS = 45  # three failures of the liveness probe


def operator_address():
    return kubectl_json(*SYSTEM, "get", "pods", "-l", "app.kubernetes.io/name=pedigree-operator")["items"][0][
        "status"]["podIP"]


def api_is_available():
    conditions = kubectl_json("get", "apiservice", "v1alpha1.lineage.pedigree.dev")["status"]["conditions"]
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


class Crowd:
    """Connections that say nothing, and are made anew when the other side ends them."""

    def __init__(self, address, ports):
        self._selector = selectors.DefaultSelector()
        self._aims = [(address, port) for port in ports for _ in range(CONNECTIONS)]
        for aim in self._aims:
            self._open(aim)

    def _open(self, aim):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(aim)
        self._selector.register(one, selectors.EVENT_READ, aim)

    def turn(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in self._selector.select(0.2):
                with contextlib.suppress(OSError):
                    if key.fileobj.recv(1):
                        continue
                self._selector.unregister(key.fileobj)
                key.fileobj.close()
                self._open(key.data)
            time.sleep(0.05)

    def close(self):
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()


@case(tier="all", alone=True)
def a10_idle_connections_stop_neither_probes_nor_readers():
    before = operator_restarts()
    crowd = Crowd(operator_address(), (8080, 8443))
    try:
        crowd.turn(HELD_SECONDS / 3)
        experiment = small("crowd", PRINTS)
        crowd.turn(HELD_SECONDS / 3)
        expect(api_is_available(), "the APIService is unavailable")
        answer = kubectl("get", "--raw", f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{NAMESPACE}/runs/-",
                         code=None, seconds=30)
        expect("ServiceUnavailable" not in answer, answer)
        crowd.turn(HELD_SECONDS / 3)
        experiment.finished("Succeeded")
        expect(api_is_available(), "the APIService is unavailable")
    finally:
        crowd.close()
    expect_equal(operator_restarts(), before, "restarts of the operator")


@case(tier="all", alone=True)
def a11_slow_readers_of_a_log_hold_nobody_up():
    """Eight that read a byte a second, while another namespace's Experiment goes its way."""
    long = small("long-log", script("long_log"), OTHER)
    long.finished("Succeeded")
    before = operator_restarts()
    path = f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{OTHER}/logs/{long.name}"
    readers = [subprocess.Popen(["kubectl", "get", "--raw", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                env=ENVIRONMENT) for _ in range(8)]
    try:
        until(60, lambda: all(each.stdout.read1(64) for each in readers), "each has begun to read")
        began = time.monotonic()
        small("beside-readers", PRINTS).finished("Succeeded", 120)
        kubectl("get", "--raw", f"/apis/lineage.pedigree.dev/v1alpha1/namespaces/{NAMESPACE}/runs/-", code=None)
        expect(api_is_available(), "the APIService is unavailable")
        expect(time.monotonic() - began < 120, "others waited")
    finally:
        for each in readers:
            each.kill()
            each.wait()
            each.stdout.close()
    expect_equal(operator_restarts(), before, "restarts of the operator")


@case(tier="all")
def a02_training_that_logs_much_has_its_record():
    experiment = small("much", script("much", calls=True), trackers=TRACKED,
                       outputs=[{"name": "many", "path": "outputs/many", "kind": "Artifact"}])
    experiment.finished("Succeeded", 600)
    trace = experiment.trace()
    expect(nodes(trace, "Run") and "many" in json.dumps(nodes(trace, "Artifact")), "run or files are not in the trace")
    conditions = {each["type"]: each["status"] for each in experiment.status()["conditions"]}
    expect_equal(conditions["LineageRecorded"], "True", "condition LineageRecorded")
