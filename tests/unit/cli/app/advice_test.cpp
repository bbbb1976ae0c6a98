// Every place that an error may come from says what to do about it, and nothing of another place.

#include "cli/app/advice.h"

#include <gmock/gmock.h>

#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string sample = checkout_path("manifests/samples/minimal.yaml");

// A line of each command that asks the cluster.
const std::vector<std::vector<std::string>> of_the_cluster{{"run", "-f", sample},
                                                           {"get"},
                                                           {"get", "a-1"},
                                                           {"wait", "a-1"},
                                                           {"trace", "exp/a-1"},
                                                           {"find"},
                                                           {"trials", "a-1"},
                                                           {"compare", "a-1", "b-1"},
                                                           {"logs", "a-1"},
                                                           {"logs", "-f", "a-1"},
                                                           {"logs", "--latest"},
                                                           {"describe", "a-1"},
                                                           {"get", "-w"},
                                                           {"trace", "exp/a-1/2"},
                                                           {"trace", "commit:4f2a0c1d9e8b"},
                                                           {"retry", "a-1"},
                                                           {"rerun", "a-1"},
                                                           {"run", "-f", sample, "--dry-run"},
                                                           {"version"},
                                                           {"cancel", "a-1"},
                                                           {"suspend", "a-1"},
                                                           {"resume", "a-1"},
                                                           {"plan", "--image", "-f", sample}};

std::string message_of(const std::vector<std::string>& words, const Error& broken) {
    FakeCluster fake;
    fake.api.broken = broken;
    const auto code = fake.run(words);
    return code ? fake.err.str() : code.error().message; // of several things each is told
}

TEST(Advice, EachCommandSaysWhatToCheckOfTheCluster) {
    const std::vector<std::pair<ErrorCode, std::string>> steps{
        {ErrorCode::Unavailable, "check that the cluster answers: kubectl cluster-info"},
        {ErrorCode::Timeout, "check that the cluster answers: kubectl cluster-info"},
        {ErrorCode::Forbidden, "ask for the right, or choose another namespace with -n"},
        {ErrorCode::Unauthorized, "kubectl auth whoami"},
        {ErrorCode::TooMany, "the API server is busy; try again"}};
    for (const auto& words : of_the_cluster) {
        for (const auto& [code, step] : steps) {
            EXPECT_THAT(message_of(words, {code, "broken"}), HasSubstr(step))
                << testing::PrintToString(words) << " " << to_string(code);
        }
    }
}

TEST(Advice, AnOperatorThatIsAwayIsNotTheClustersFault) {
    FakeCluster fake;
    fake.texts["/version"] = "{}";
    fake.away = records::lineage_api_root;
    const auto code = fake.run({"trace", "exp/a-1"});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().message,
              "trace of exp/a-1: the server answered 503; is the operator running? kubectl get "
              "apiservice v1alpha1.lineage.pedigree.dev");
}

TEST(Advice, IsGivenOnce) {
    const Error once = advised_by_cluster({ErrorCode::Unavailable, "no answer"});
    EXPECT_EQ(once.message, "no answer; check that the cluster answers: kubectl cluster-info");
    EXPECT_EQ(advised_by_cluster(once).message, once.message);
}

TEST(Advice, WhatTheClusterHasNoPartInDoesNotSpeakOfIt) {
    const std::string missing = testing::TempDir() + "no-such-file";
    const std::string folder = testing::TempDir();
    const std::vector<std::vector<std::string>> lines{{"lint", missing},
                                                      {"lint", folder},
                                                      {"run", "-f", missing},
                                                      {"plan", "--image", "-f", folder},
                                                      {"search", "simulate", folder},
                                                      {"trace", missing}};
    for (const auto& words : lines) {
        FakeCluster fake;
        fake.api.broken = Error(ErrorCode::Unavailable, "the cluster is away");
        const auto code = fake.run(words);
        ASSERT_FALSE(code) << testing::PrintToString(words);
        EXPECT_THAT(code.error().message, Not(HasSubstr("cluster")));
    }
}

TEST(Advice, AFolderIsNoDocument) {
    FakeCluster fake;
    const auto code = fake.run({"lint", testing::TempDir()});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::InvalidInput);
}

class NoAnswer final : public net::Http {
  public:
    Result<net::Response> send(const net::Request&, std::stop_token) override {
        return failure(ErrorCode::Unavailable, "wrong version number");
    }
};

TEST(Advice, ARegistryWithoutTlsIsNamed) {
    NoAnswer dead;
    AdvisedHttp http(dead);
    net::Request request;
    request.url = "https://registry.example.com:5000/v2/";
    const auto answer = http.send(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message,
              "wrong version number; check that registry.example.com:5000 answers, and name it in "
              "--plain-http if it is a registry without TLS");
}

} // namespace
} // namespace pedigree::cli
