#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/git_configuration.h"
#include "source/git_failure.h"
#include "source/ssh_configuration.h"

namespace pedigree::source {
namespace {

using testing::HasSubstr;
using testing::Not;

// Standard error of git 2.39.
TEST(GitFailure, KnowsGitsWords) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"fatal: Authentication failed for 'https://g/x.git/'", "AuthenticationFailed"},
        {"fatal: could not read Username for 'https://g': terminal prompts disabled",
         "AuthenticationFailed"},
        {"fatal: repository 'https://g/x.git/' not found", "RepositoryNotFound"},
        {"fatal: remote error: upload-pack: not our ref 0123", "CommitNotFound"},
        {"error: Server does not allow request for unadvertised object 0123", "CommitNotFound"},
        {"fatal: couldn't find remote ref nope", "RefNotFound"},
        {"fatal: unable to access 'https://g/': SSL certificate problem: unable to get local issuer "
         "certificate",
         "CertificateNotTrusted"},
        {"fatal: unable to access 'https://g/': The requested URL returned error: 302",
         "RedirectRefused"},
        {"fatal: unable to access 'https://g/': The requested URL returned error: 503",
         "SourceUnavailable"},
        {"fatal: unable to access 'https://g/': Failed to connect to g port 443",
         "SourceUnavailable"},
        {"@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.",
         "HostKeyChanged"},
        {"No ED25519 host key is known for g and you have requested strict checking.\n"
         "Host key verification failed.",
         "HostKeyUnknown"},
        {"Load key \"/x/ssh_key\": error in libcrypto\ngit@g: Permission denied (publickey).",
         "SshKeyInvalid"},
        {"git@g: Permission denied (publickey).", "AuthenticationFailed"},
        {"ssh: connect to host g port 22: Connection refused", "SourceUnavailable"},
        {"fatal: unable to access 'https://g/': The requested URL returned error: 429",
         "SourceUnavailable"},
        {"error: RPC failed; curl 18 transfer closed; fatal: early EOF", "SourceUnavailable"},
        {"fatal: unable to access 'https://g/': The requested URL returned error: 451",
         "SourceRefused"},
        {"fatal: https://g/x/info/refs not valid: is this a git repository?", "RepositoryNotFound"},
        {"anything else", "SourceFailed"}};
    for (const auto& [words, reason] : cases) {
        const Error error = git_failure(words, "https://g/x.git", "0123");
        EXPECT_EQ(error.reason, reason) << words;
        EXPECT_THAT(error.message, HasSubstr("https://g/x.git"));
        EXPECT_EQ(error.retryable(), reason == "SourceUnavailable") << words;
    }
}

TEST(GitConfiguration, CredentialIsBoundToTheOrigin) {
    GitConfiguration configuration{
        "https://git.example.com", "git.example.com:443:192.0.2.1", "", {}};
    const std::string text =
        git_configuration_text(configuration, Credential{"", Secret("t")}).reveal();
    EXPECT_THAT(text, HasSubstr("[http \"https://git.example.com\"]\n"
                                "    extraHeader = \"Authorization: Basic b2F1dGgyOnQ=\""));
    EXPECT_THAT(text, HasSubstr("curloptResolve = \"git.example.com:443:192.0.2.1\""));
    EXPECT_THAT(text, HasSubstr("followRedirects = false"));
    EXPECT_THAT(text, Not(HasSubstr("[protocol \"http\"]")));
}

TEST(GitConfiguration, ValuesCannotLeaveTheirQuotes) {
    GitConfiguration configuration{"https://x\"]\n[core]\nhooksPath = \"/evil", "", "", {}};
    const std::string text =
        git_configuration_text(configuration, Credential{"", Secret("t")}).reveal();
    EXPECT_THAT(text, HasSubstr("[http \"https://x\\\"]"));
}

TEST(SshUrl, IsReadAndPrinted) {
    const auto whole = parse_ssh_url("ssh://anna@Git.Example.com:2222/vision/mnist.git");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->text(), "ssh://anna@git.example.com:2222/vision/mnist.git");
    EXPECT_EQ(whole->known_host(), "[git.example.com]:2222");
    const auto plain = parse_ssh_url("ssh://git.example.com/mnist.git");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->text(), "ssh://git@git.example.com:22/mnist.git");
    EXPECT_EQ(plain->known_host(), "git.example.com");
    const auto ipv6 = parse_ssh_url("ssh://git@[2001:DB8::1]/mnist.git");
    ASSERT_TRUE(ipv6);
    EXPECT_EQ(ipv6->text(), "ssh://git@[2001:db8::1]:22/mnist.git");
}

TEST(SshUrl, IsNoOptionAndNoPassword) {
    for (const char* text :
         {"https://git.example.com/x", "ssh://", "ssh:///x", "ssh://git.example.com",
          "ssh://git.example.com/", "ssh://git:canary@git.example.com/x", "ssh://-l@host/x",
          "ssh://-oProxyCommand=x/y", "ssh://git@-host/x", "ssh://a@b@c/x", "ssh://host:0/x",
          "ssh://host:99999/x", "ssh://host/x?y", "ssh://host/x y", "git@host:x.git"}) {
        const auto url = parse_ssh_url(text);
        ASSERT_FALSE(url) << text;
        EXPECT_EQ(url.error().message.find("canary"), std::string::npos);
    }
}

TEST(SshConfiguration, TrustsTheGivenKeysAlone) {
    const SshUrl url{"git", "git.example.com", 2222, "/x.git"};
    const std::string text = ssh_configuration_text(url, {"192.0.2.1", "/w/key", "/w/known"});
    for (const char* line :
         {"BatchMode yes\n", "StrictHostKeyChecking yes\n", "GlobalKnownHostsFile none\n",
          "IdentitiesOnly yes\n", "IdentityAgent none\n", "ProxyCommand none\n",
          "HostName 192.0.2.1\n", "HostKeyAlias [git.example.com]:2222\n",
          "IdentityFile \"/w/key\"\n", "UserKnownHostsFile \"/w/known\"\n"}) {
        EXPECT_THAT(text, HasSubstr(line));
    }
    EXPECT_THAT(git_configuration_for_ssh(), Not(HasSubstr("[protocol \"https\"]")));
}

} // namespace
} // namespace pedigree::source
