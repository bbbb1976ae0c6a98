"""Images built by pedigree-worker into real registries, and read back by other clients.

PEDIGREE_WORKER names the program; crane is the oracle.
"""
import base64
import hashlib
import json
import os
import pathlib
import random
import shutil
import threading
import unittest
import urllib.request

import parts
import registries
from parts import SECRET

DOCKER = "application/vnd.docker"


def large_base(seed):
    """No other base has its layer, which goes up in two pieces."""
    return {**parts.BASE_FILES, "opt/data": random.Random(seed).randbytes(20 << 20)}


def setUpModule():
    """What all registries share: a worker, code, an index, and another registry with a base."""
    global folder, certificates, elsewhere, tokens, index, project, worker, base_elsewhere
    folder = parts.Folder()
    certificates = parts.Certificates(folder.path)
    elsewhere = parts.Registry(f"{folder.path}/elsewhere")
    tokens = registries.TokenServer(folder.path)
    index = parts.Index()
    project = parts.Project(folder.path, certificates)
    worker = parts.Worker(os.environ["PEDIGREE_WORKER"], folder.path)
    base_elsewhere = elsewhere.push_image("base/large", large_base("elsewhere"))
    index.add("demo", "demo-1.0-py3-none-any.whl", parts.wheel_bytes("demo", "1.0", {"demo/__init__.py": "x = 1\n"}))
    index.add("slow", "slow-1.0-py3-none-any.whl", parts.wheel_bytes("slow", "1.0", {"slow/__init__.py": ""}))


def tearDownModule():
    worker.stop()
    elsewhere.stop()
    folder.remove()


def commit(text, *packages):
    lock = "".join(f"{one}==1.0 --hash=sha256:{index.hashes[one]}\n" for one in packages)
    return project.commit({"train.py": f"print('{text}')\n", "requirements.lock": lock}, "--allow-empty")


def push_docker_list(registry, repository):
    """A base as Docker has it: a list for platforms, of which one is there."""
    layer, config, manifest = parts.image_documents(parts.BASE_FILES)
    for oci, docker in (("oci.image.manifest.v1+json", "docker.distribution.manifest.v2+json"),
                        ("oci.image.config.v1+json", "docker.container.image.v1+json"),
                        ("oci.image.layer.v1.tar+gzip", "docker.image.rootfs.diff.tar.gzip")):
        manifest = manifest.replace(oci.encode(), docker.encode())
    listed = json.dumps({"schemaVersion": 2, "mediaType": f"{DOCKER}.distribution.manifest.list.v2+json", "manifests": [
        {"mediaType": f"{DOCKER}.distribution.manifest.v2+json", "size": len(manifest),
         "digest": "sha256:" + hashlib.sha256(manifest).hexdigest(),
         "platform": {"os": "linux", "architecture": "amd64"}}]}).encode()
    registry.push_blob(repository, layer)
    registry.push_blob(repository, config)
    for tag, document in (("one", manifest), ("all", listed)):
        registry.call("PUT", f"/v2/{repository}/manifests/{tag}", document, json.loads(document)["mediaType"])
    return f"{registry.host}/{repository}@sha256:{hashlib.sha256(listed).hexdigest()}"


class Builds:
    """The same for each; `start` gives the registry."""
    lists_referrers = False

    @classmethod
    def setUpClass(cls):
        cls.path = f"{folder.path}/{cls.__name__}"
        os.makedirs(cls.path)
        cls.registry = cls.start()
        cls.addClassCleanup(cls.registry.stop)
        cls.crane = registries.Crane(cls.path, cls.registry, elsewhere)
        layout = registries.layout_of(f"{cls.path}/base", parts.image_documents(large_base(cls.__name__)))
        cls.base = cls.crane.push_layout(layout, f"{cls.registry.host}/base/large:one")

    def given(self, commit, repository, base, **changes):
        host = base.partition("/")[0]
        logins = {host: {"auth": base64.b64encode(f"pull:{SECRET}-pull".encode()).decode()}}
        return {"git": {"url": project.url, "caPem": certificates.ca_pem, "subdirectory": ".", "commit": commit,
                        "credential": {"username": "reader", "password": f"{SECRET}-git"}},
                "lockFile": "requirements.lock", "base": base, "pullConfig": json.dumps({"auths": logins}),
                "plainHttpHosts": [self.registry.host, host], "indexUrl": index.url,
                "push": {"host": self.registry.host, "repository": repository, "plainHttp": True,
                         "credential": {"username": "push", "password": f"{SECRET}-push"}}, **changes}

    def build(self, *arguments, **changes):
        outcome = worker.ask("BuildImage", self.given(*arguments, **changes))
        self.assertNotIn("failure", outcome, outcome)
        return outcome

    def assert_sound(self, outcome):
        image = outcome["image"]
        self.crane("validate", "--remote", image)
        self.assertEqual(self.crane("digest", image), outcome["imageDigest"])

    def referrers(self, repository, digest):
        index = self.crane.json("manifest", f"{self.registry.host}/{repository}:{digest.replace(':', '-')}")
        return [entry["digest"] for entry in index["manifests"]]

    def test_layers_of_a_base_in_the_registry_are_mounted(self):
        outcome = self.build(commit("mounted", "demo"), "built/mounted", self.base)
        self.assertLess(outcome["uploadedBytes"], 1 << 20)
        self.assert_sound(outcome)

    def test_layers_of_a_base_elsewhere_are_copied(self):
        outcome = self.build(commit("copied", "demo"), "built/copied", base_elsewhere)
        self.assertGreater(outcome["uploadedBytes"], 20 << 20)
        self.assert_sound(outcome)

    def test_the_same_again_sends_nothing(self):
        same = commit("again", "demo")
        first = self.build(same, "built/again", self.base)
        second = self.build(same, "built/again", self.base)
        self.assertEqual((second["image"], second["alreadyThere"], second["uploadedBytes"]), (first["image"], True, 0))
        self.assertEqual((second["sbom"], second["provenance"]), (first["sbom"], first["provenance"]))

    def test_sbom_and_provenance_are_found_by_others(self):
        outcome = self.build(commit("attested", "demo"), "built/attested", self.base)
        self.assertEqual(set(self.referrers("built/attested", outcome["imageDigest"])),
                         {outcome["sbom"], outcome["provenance"]})
        name = f"{self.registry.host}/built/attested"
        for digest in (outcome["sbom"], outcome["provenance"]):
            manifest = self.crane.json("manifest", f"{name}@{digest}")
            self.assertEqual(manifest["subject"]["digest"], outcome["imageDigest"])
            [document] = manifest["layers"]
            self.assertTrue(json.loads(self.crane("blob", f"{name}@{document['digest']}")))

    def test_a_base_outlives_its_registry(self):
        gone = parts.Registry(f"{self.path}/gone")
        self.addCleanup(gone.stop)
        base = push_docker_list(gone, "base/gone")
        first = self.build(commit("kept", "demo"), "built/kept", base)
        self.assertEqual(first["warnings"], [])
        denied = worker.ask("BuildImage", self.given(commit("other", "demo"), "built/kept", base, pullConfig='{"auths":{}}'))
        self.assertEqual(denied["failure"]["reason"], "AuthenticationFailed")
        gone.stop()
        second = self.build(commit("other", "demo"), "built/kept", base)
        self.assertIn("was read from", second["warnings"][0])
        self.assertNotEqual(second["imageDigest"], first["imageDigest"])
        for field in ("baseDigest", "baseIndexDigest"):
            self.assertEqual(second[field], first[field])
        self.assert_sound(second)
        ours = f"{self.registry.host}/built/kept"
        kept = self.crane.json("manifest", f"{ours}@{first['baseDigest']}")
        self.assertEqual(kept["mediaType"], f"{DOCKER}.distribution.manifest.v2+json")
        self.crane("validate", "--remote", f"{ours}@{first['baseDigest']}")


class WithTokens:
    """Beside the builds, what tokens bring: they end, and they allow less than was asked."""

    def setUp(self):
        tokens.lifetime, tokens.withheld = 300, 0
        tokens.asked.clear()

    def asked(self, user):
        return [scopes for _, who, scopes in tokens.asked if who == user]

    def test_a_token_that_ends_in_between_is_renewed(self):
        tokens.lifetime = 1
        for wheels in pathlib.Path(folder.path).glob("cache/*/wheels"):
            shutil.rmtree(wheels)
        index.server.slow_asked.clear()
        index.server.slow_released.clear()
        outcomes = []
        given = self.given(commit("ends", "slow"), "built/ends", self.base)
        building = threading.Thread(target=lambda: outcomes.append(worker.ask("BuildImage", given)))
        building.start()
        self.assertTrue(index.server.slow_asked.wait(60))
        threading.Event().wait(2.5)  # the base's token is used again once the wheel is here
        index.server.slow_released.set()
        building.join()
        self.assertNotIn("failure", outcomes[0], outcomes)
        self.assert_sound(outcomes[0])

    def test_a_token_for_less_than_was_asked_is_asked_for_again(self):
        tokens.withheld = 2  # the base's reader may pull anyway; the first look at the target needs no more
        outcome = self.build(commit("less", "demo"), "built/less", self.base)
        self.assertEqual(tokens.withheld, 0)
        self.assert_sound(outcome)

    def test_an_account_that_may_not_push_is_told_so(self):
        given = self.given(commit("denied", "demo"), "built/denied", self.base)
        given["push"]["credential"] = {"username": "pull", "password": f"{SECRET}-pull"}
        answer = worker.ask("BuildImage", given)
        self.assertEqual(answer["failure"]["reason"], "RegistryDenied", answer)

    def test_mounting_asks_to_read_the_base_as_well(self):
        self.build(commit("scopes", "demo"), "built/scopes", self.base)
        self.assertIn(["repository:built/scopes:pull,push", "repository:base/large:pull"], self.asked("push"))


    def test_an_identity_token_is_exchanged(self):
        given = self.given(commit("identity", "demo"), "built/identity", self.base)
        given["push"]["credential"] = {"username": "<token>", "password": registries.IDENTITY}
        outcome = worker.ask("BuildImage", given)
        self.assertNotIn("failure", outcome, outcome)
        self.assertIn("POST", {method for method, _, _ in tokens.asked})
        self.assert_sound(outcome)


class DockerRegistryWithLogin(Builds, unittest.TestCase):
    @classmethod
    def start(cls):
        return parts.Registry(cls.path, registries.program("docker-registry"))


class DockerRegistryWithTokens(WithTokens, Builds, unittest.TestCase):
    @classmethod
    def start(cls):
        return registries.TokenRegistry(cls.path, "docker-registry", tokens)


class DistributionWithLogin(Builds, unittest.TestCase):
    @classmethod
    def start(cls):
        return parts.Registry(cls.path, registries.program("distribution"))


class DistributionWithTokens(WithTokens, Builds, unittest.TestCase):
    @classmethod
    def start(cls):
        return registries.TokenRegistry(cls.path, "distribution", tokens)


class GoContainerRegistry(Builds, unittest.TestCase):
    @classmethod
    def start(cls):
        return registries.ReferrersRegistry()

    def referrers(self, repository, digest):
        with urllib.request.urlopen(f"http://{self.registry.host}/v2/{repository}/referrers/{digest}") as answer:
            return [entry["digest"] for entry in json.load(answer)["manifests"]]
