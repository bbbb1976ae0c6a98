"""A source over ssh: pedigree-worker against a real sshd on loopback."""
import os
import unittest

import parts


@unittest.skipUnless(os.path.exists(parts.SshServer.program), "sshd is not installed (openssh-server)")
class SshTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = parts.Folder()
        path = cls.folder.path
        cls.project = parts.Project(path, parts.Certificates(path))
        cls.server = parts.SshServer(path, cls.project.served)
        cls.worker = parts.Worker(os.environ["PEDIGREE_WORKER"], path)
        cls.first = cls.project.commit({"train.py": "print('one')\n"})
        cls.commit = cls.project.commit({"train.py": "print('two')\n"})
        cls.project.git("tag", "-a", "-m", "words", "v1")
        cls.project.push()

    @classmethod
    def tearDownClass(cls):
        cls.worker.stop()
        cls.server.stop()
        cls.folder.remove()

    def resolve(self, allowed=("127.0.0.1/32",), **changes):
        git = {"url": self.server.url, "subdirectory": ".", "sshPrivateKey": self.server.key("reader"),
               "knownHosts": self.server.known_hosts(), **changes}
        return self.worker.ask("ResolveSource", {"git": git, "lockFile": ""}, allowed=allowed)

    def reason(self, answer):
        self.assertIn("failure", answer, answer)
        self.assertEqual(answer["failure"]["class"], "Configuration", answer)
        return answer["failure"]["reason"]

    def test_refs_and_commits_are_read(self):
        for asked in ({"ref": "main"}, {"ref": "v1"}, {"commit": self.commit}):
            self.assertEqual(self.resolve(**asked).get("commit"), self.commit, asked)
        self.assertEqual(self.resolve(commit=self.first).get("commit"), self.first)  # no branch's tip

    def test_a_key_without_its_last_line_feed_is_one(self):
        key = self.server.key("reader").rstrip("\n")
        self.assertEqual(self.resolve(ref="main", sshPrivateKey=key).get("commit"), self.commit)

    def test_no_host_is_trusted_at_first_sight(self):
        missing = self.resolve(ref="main", knownHosts="")
        self.assertEqual(self.reason(missing), "KnownHostsMissing")
        self.assertIn("no key known_hosts", missing["failure"]["message"])
        elsewhere = self.server.known_hosts().replace("127.0.0.1", "git.example.com")
        self.assertEqual(self.reason(self.resolve(ref="main", knownHosts=elsewhere)), "HostKeyUnknown")
        other = self.server.known_hosts("other_host")
        self.assertEqual(self.reason(self.resolve(ref="main", knownHosts=other)), "HostKeyChanged")

    def test_keys_that_do_not_fit_say_so(self):
        self.assertEqual(self.reason(self.resolve(ref="main", sshPrivateKey="")), "SshKeyMissing")
        self.assertEqual(self.reason(self.resolve(ref="main", sshPrivateKey="no key")), "SshKeyInvalid")
        stranger = self.server.key("stranger")
        self.assertEqual(self.reason(self.resolve(ref="main", sshPrivateKey=stranger)), "AuthenticationFailed")

    def test_what_is_not_there_says_so(self):
        self.assertEqual(self.reason(self.resolve(ref="nope")), "RefNotFound")
        self.assertEqual(self.reason(self.resolve(commit="12" * 20)), "CommitNotFound")
        absent = self.server.url.replace("demo", "absent")
        self.assertEqual(self.reason(self.resolve(ref="main", url=absent)), "RepositoryNotFound")

    def test_addresses_are_checked_and_urls_are_no_options(self):
        self.assertEqual(self.reason(self.resolve(ref="main", allowed=())), "AddressRefused")
        for url in ("ssh://-oProxyCommand=touch@127.0.0.1/x", "ssh://git:pw@127.0.0.1/x", "ssh://127.0.0.1"):
            self.assertEqual(self.reason(self.resolve(ref="main", url=url)), "UrlInvalid", url)

    def test_no_key_is_logged_or_left(self):
        self.resolve(ref="nope")
        self.assertNotIn(self.server.key("reader").splitlines()[1], open(self.worker.log_path).read())
        parts.wait_for(lambda: not os.listdir(self.worker.scratch), "the scratch folders' end")


if __name__ == "__main__":
    unittest.main()
