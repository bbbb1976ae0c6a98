"""Bases as they are in the world: with a proxy, with all GPUs, with a Python that only root may enter."""
from cluster.parts import SMALL, failed, small
from cluster.variants import layer_of, variant
from experiment import MLFLOW_URL, RUN
from harness import case, expect, expect_equal, expect_words
from machine import NODE_IP

PROXIES = [f"{name}=http://{NODE_IP}:9" for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY")]
ASKS = """
import os, urllib.request
print('tracker', urllib.request.urlopen(os.environ['MLFLOW_TRACKING_URI'] + '/version', timeout=20).read())
"""
SHOWS = ["python", "-c", "import os; print('devices', os.environ.get('NVIDIA_VISIBLE_DEVICES'))"]
CUDA = ["NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=compute,utility"]
HOME = "/root"
BELOW_ROOT = [("root", 0o700, None), ("root/conda", 0o755, None), ("root/conda/bin", 0o755, None),
              ("root/conda/bin/python3.11", 0o755, b"x"), ("root/conda/bin/python3", 0o777, ("python3.11",)),
              ("root/conda/bin/python", 0o777, ("python3",)),
              *((f"usr/bin/.wh.{name}", 0o644, b"") for name in ("python", "python3", "python3.11"))]


def on(reference):
    return {"base": reference, "pullSecretName": "base-pull"}


@case()
def b5_a_bases_proxy_does_not_catch_the_recorder():
    experiment = small("b5", ["python", "-c", ASKS], image=on(variant("proxy", PROXIES)), trackers={
        "mlflow": {"url": MLFLOW_URL, "secretName": "mlflow", "experimentName": f"e2e-{RUN}"}})
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), "tracker b'")


@case()
def b6_a_pod_without_a_gpu_sees_none():
    """CUDA's images say all; what the device plugin sets for a pod with GPUs stays."""
    image = on(variant("cuda", CUDA))
    without = small("b6", SHOWS, image=image)
    with_one = small("b6-gpu", SHOWS, image=image, resources={**SMALL, "gpu": {"count": 1}})
    without.finished("Succeeded")
    expect(any(f"devices {word}\n" in without.logs() for word in ("void", "none")), without.logs())
    with_one.finished("Succeeded")
    expect(not any(f"devices {word}\n" in with_one.logs() for word in ("void", "none")), with_one.logs())


@case()
def b7_a_python_that_only_root_may_enter_is_refused_before_a_gpu_is_waited_for():
    reference = variant("rootonly", layer=layer_of(BELOW_ROOT), path=f"{HOME}/conda/bin:/usr/local/bin:/usr/bin:/bin")
    for name, image in (("b7", on(reference)), ("b7-lock", {**on(reference), "lockFile": "requirements.lock"})):
        experiment = small(name, ["python", "-c", "print(1)"], image=image,
                           resources={**SMALL, "gpu": {"count": 1}})
        expect_words(failed(experiment), "BaseRefused", HOME)
        expect_equal(experiment.attempts(), [], "attempts")
