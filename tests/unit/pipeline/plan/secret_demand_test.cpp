#include "pipeline/plan/secret_demand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;

spec::ExperimentSpec demanding_example() {
    spec::ExperimentSpec spec;
    spec.source.git.url = "https://Git.Example.com:8443/vision/mnist.git";
    spec.source.git.secret_name = "git-token";
    spec.image.base = "registry.example.com:5000/tensorflow@sha256:" + std::string(64, '0');
    spec.image.pull_secret_name = "base-pull";
    spec.inputs = {
        {.name = "a", .uri = "s3://datasets/x", .digest = {}, .secret_name = "data-read"},
        {.name = "b", .uri = "https://data.example.com/y", .digest = {}, .secret_name = "b"}};
    spec.mlflow = spec::MlflowSpec{"http://mlflow-server:5000", "x", "mlflow"};
    return spec;
}

Json secret(const std::string& hosts, Json data) {
    return {{"metadata", {{"annotations", {{hosts_annotation, hosts}}}}},
            {"data", std::move(data)}};
}

TEST(SecretDemands, NameHostsAndThePlatformsOwn) {
    spec::Platform platform;
    platform.registry.pull_secret_name = "pedigree-pull";
    platform.artifact_store.secret_name = "pedigree-artifact-store";
    std::vector<std::string> seen;
    for (const auto& demand : secret_demands(demanding_example(), platform)) {
        seen.push_back(demand.name + "@" + demand.host);
    }
    EXPECT_THAT(seen, testing::ElementsAre("git-token@git.example.com:8443",
                                           "base-pull@registry.example.com:5000", "data-read@",
                                           "b@data.example.com", "mlflow@mlflow-server:5000",
                                           "pedigree-pull@", "pedigree-artifact-store@"));
}

TEST(SecretDemands, LeaveOutWhatIsReadAnonymously) {
    EXPECT_TRUE(secret_demands({}, {}).empty());
}

class CheckSecret : public testing::Test {
  protected:
    SecretDemand demand_ = secret_demands(demanding_example(), {}).front();
    Json basic_ = {{"username", "dQ=="}, {"password", "cA=="}};
};

TEST_F(CheckSecret, AcceptsEitherSetOfKeys) {
    EXPECT_FALSE(check_secret(demand_, "vision", secret("git.example.com:8443", basic_)));
    EXPECT_FALSE(
        check_secret(demand_, "vision", secret("git.example.com:8443", {{"token", "dA=="}})));
}

TEST_F(CheckSecret, NamesWhatIsMissing) {
    const auto absent = check_secret(demand_, "vision", Json());
    ASSERT_TRUE(absent);
    EXPECT_EQ(absent->reason, "SecretMissing");
    EXPECT_THAT(absent->message, HasSubstr("Secret vision/git-token does not exist"));
    EXPECT_THAT(absent->message,
                AllOf(HasSubstr("spec.source.git.secretName"), HasSubstr("(E0134)")));

    const auto wrong = check_secret(
        demand_, "vision", secret("git.example.com", {{"pass", "c2VjcmV0"}, {"user", "dQ=="}}));
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->reason, "SecretKeyMissing");
    EXPECT_THAT(wrong->message,
                HasSubstr("has no key username and password, or token; keys: pass, user"));
    EXPECT_EQ(wrong->message.find("c2VjcmV0"), std::string::npos) << "a value was shown";
}

TEST(CheckSshSecret, NamesTheKeyThatIsMissing) {
    spec::ExperimentSpec spec = demanding_example();
    spec.source.git.url = "ssh://git@git.example.com:2222/vision/mnist.git";
    const SecretDemand demand = secret_demands(spec, {}).front();
    EXPECT_EQ(demand.host, "git.example.com:2222");
    const Json whole{{"ssh-privatekey", "a2V5Cg=="}, {"known_hosts", "aG9zdAo="}};
    EXPECT_FALSE(check_secret(demand, "vision", secret("git.example.com", whole)));
    EXPECT_THAT(secret_warnings(demand, "vision", secret("git.example.com", whole)),
                testing::IsEmpty());
    const auto problem =
        check_secret(demand, "vision", secret("git.example.com", {{"ssh-privatekey", "a2V5Cg=="}}));
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->reason, "SecretKeyMissing");
    EXPECT_THAT(problem->message, HasSubstr("has no key known_hosts; keys: ssh-privatekey"));
}

TEST_F(CheckSecret, TreatsAnEmptyValueAsMissing) {
    const auto problem =
        check_secret(demand_, "vision", secret("git.example.com", {{"token", ""}}));
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->reason, "SecretKeyMissing");
}

TEST_F(CheckSecret, TreatsALineFeedAloneAsMissing) {
    EXPECT_TRUE(check_secret(demand_, "vision", secret("git.example.com", {{"token", "Cg=="}})));
}

TEST_F(CheckSecret, WarnsOfALineFeedAtTheEndWithoutTheValue) {
    const Json echoed = secret("git.example.com", {{"token", "c2VjcmV0Cg=="}}); // "secret\n"
    EXPECT_FALSE(check_secret(demand_, "vision", echoed));
    const auto warnings = secret_warnings(demand_, "vision", echoed);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_THAT(warnings.front(),
                HasSubstr("token of Secret vision/git-token ends in a line feed"));
    EXPECT_EQ(warnings.front().find("secret"), std::string::npos) << "a value was shown";

    EXPECT_THAT(secret_warnings(demand_, "vision", secret("git.example.com", basic_)),
                testing::IsEmpty());
    EXPECT_THAT(secret_warnings(demand_, "vision", Json()), testing::IsEmpty());
    EXPECT_EQ(without_line_end("a\nb\r\n\n"), "a\nb");
}

TEST_F(CheckSecret, AllowsOnlyTheHostsOfTheAnnotation) {
    EXPECT_FALSE(check_secret(demand_, "vision", secret("a.example.com, git.example.com", basic_)));
    for (const std::string hosts : {"", "example.com", "evil-git.example.com",
                                    "git.example.com:443", "git.example.com.evil"}) {
        const auto problem = check_secret(demand_, "vision", secret(hosts, basic_));
        ASSERT_TRUE(problem) << hosts;
        EXPECT_EQ(problem->reason, "SecretHostNotAllowed");
        EXPECT_THAT(problem->message, HasSubstr("git.example.com:8443"));
    }
}

} // namespace
} // namespace pedigree::plan
