#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/git_configuration.h"
#include "source/git_failure.h"

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
        {"anything else", "SourceUnavailable"}};
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

} // namespace
} // namespace pedigree::source
