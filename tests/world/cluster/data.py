"""Keys of a bucket and volumes of a claim as they are in the world."""
import contextlib
import hashlib
import pathlib
import shutil

from cluster.parts import small
from experiment import NAMESPACE, RUN
from harness import Once, case, expect_words
from machine import apply, kubectl, store_delete, store_put

KEYS = ("a b.csv", "a+b.csv", "100%.csv", "\u00e4.csv", "q?&=#.csv")
LISTS = ["python", "-c", "import os\nfor folder, _, names in sorted(os.walk('/data')):\n"
         "    for name in sorted(names): print(ascii(os.path.join(folder, name)))"]


def of_bytes(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def of_folder(files):
    """The digest of a folder: sha256sum's lines, sorted by path."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode() for name, data in files.items()]
    return of_bytes(b"".join(sorted(lines, key=lambda line: line[66:])))


def reading(name, uri, digest, *more, **changes):
    """An Experiment that lists /data, where the input lies."""
    first = {"name": "data", "uri": uri, "digest": digest, "mountPath": "/data"}
    if uri.startswith("s3:"):
        first["secretName"] = "data-read"
    return small(name, LISTS, inputs=[first, *more], **changes)


@contextlib.contextmanager
def stored(prefix):
    files = {key: key.encode() for key in KEYS}
    try:
        for key, data in files.items():
            store_put("datasets", prefix + key, data)
        yield files
    finally:
        store_delete("datasets", *(prefix + key for key in files))


@case()
def d1_keys_with_blanks_and_signs_arrive_under_their_names():
    prefix = f"e2e-{RUN}/d1/"
    with stored(prefix) as files:
        experiment = reading("d1", f"s3://datasets/{prefix}", of_folder(files))
        experiment.finished("Succeeded")
        expect_words(experiment.logs(), *(ascii(f"/data/{key}") for key in KEYS))


@case(tier="all")
def d2_a_key_is_named_as_it_is():
    """With its blank, its plus, its letters; %20 is a key that has %20 in it, and the message says what was asked."""
    prefix = f"e2e-{RUN}/d2/"
    with stored(prefix) as files:
        good = [reading(f"d2-{number}", f"s3://datasets/{prefix}{key}", of_bytes(files[key]))
                for number, key in enumerate(("a b.csv", "a+b.csv", "\u00e4.csv"))]
        encoded = reading("d2-encoded", f"s3://datasets/{prefix}a%20b.csv", of_bytes(files["a b.csv"]))
        for experiment in good:
            experiment.finished("Succeeded")
        status = encoded.finished("Failed")
        expect_words(f"{status['reason']}: {status['message']}", "InputNotFound", "a%20b.csv")


def _claim():
    """A claim as a fresh ext4 has it: a file, two folders with another, and lost+found that only root may enter."""
    name, folder = f"world-{RUN}", pathlib.Path(f"/var/tmp/pedigree-e2e-{RUN}")
    (folder / "closed").mkdir(parents=True)
    (folder / "sub").mkdir()
    folder.chmod(0o755)
    (folder / "lost+found").mkdir(mode=0o700)
    for path in ("x.txt", "sub/y.txt", "closed/z.txt"):
        (folder / path).write_bytes(path.encode())
        (folder / path).chmod(0o644)
    common = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
    apply({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": {
        **common, "capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": str(folder)}, "claimRef": {"namespace": NAMESPACE, "name": name}}})
    apply({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": NAMESPACE},
           "spec": {**common, "volumeName": name, "resources": {"requests": {"storage": "1Gi"}}}})
    return name, folder


claim = Once(_claim)


@case(tier="all")
def d3_lost_and_found_is_passed_over():
    name, _ = claim()
    whole = {path: path.encode() for path in ("x.txt", "sub/y.txt", "closed/z.txt")}
    experiment = reading("d3", f"volume://{name}/", of_folder(whole))
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), *(f"'/data/{path}'" for path in whole))


@case()
def k6_inputs_of_63_characters_and_two_of_one_claim_are_mounted():
    name, _ = claim()
    experiment = small("k6", LISTS, inputs=[
        {"name": "a" * 63, "uri": f"volume://{name}/sub/", "digest": of_folder({"y.txt": b"sub/y.txt"}),
         "mountPath": "/data/one"},
        {"name": "b" * 63, "uri": f"volume://{name}/x.txt", "digest": of_bytes(b"x.txt"), "mountPath": "/data/two"}])
    experiment.finished("Succeeded")
    expect_words(experiment.logs(), "/data/one/y.txt", "/data/two/x.txt")


@case(last=True)
def d3_a_file_that_only_root_may_read_ends_it_at_once():
    """Last, since it closes the file and takes the claim away."""
    name, folder = claim()
    try:
        (folder / "closed/z.txt").chmod(0o600)
        experiment = reading("d3-closed", f"volume://{name}/closed/", of_folder({"z.txt": b"closed/z.txt"}))
        status = experiment.finished("Failed")
        expect_words(f"{status['reason']}: {status['message']}", "InputForbidden", "z.txt")
        (attempt,) = experiment.attempts()
        expect_words(attempt[2], "Configuration")
    finally:
        kubectl("-n", NAMESPACE, "delete", "pvc", name, "--wait=false", code=None)
        kubectl("delete", "pv", name, "--wait=false", code=None)
        shutil.rmtree(folder, ignore_errors=True)
