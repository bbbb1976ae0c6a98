#include "cli/experiment/ci.h"

#include <map>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const std::string commit(40, 'a');

Result<CiJob> job_of(const std::map<std::string, std::string>& environment) {
    return ci_job_from([&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    });
}

TEST(Ci, TellsThePipelineFromGitLabsVariables) {
    const auto job =
        job_of({{"GITLAB_CI", "true"},
                {"CI_COMMIT_SHA", commit},
                {"CI_PROJECT_URL", "https://git.example.com/vision/mnist"},
                {"CI_COMMIT_REF_NAME", "main"},
                {"GITLAB_USER_LOGIN", "ada"},
                {"CI_JOB_TOKEN", "secret"},
                {"CI_REPOSITORY_URL", "https://gitlab-ci-token:secret@git.example.com/x"},
                {"CI_MERGE_REQUEST_IID", "7"}});
    ASSERT_TRUE(job) << job.error().message;
    EXPECT_EQ(job->commit, commit);
    EXPECT_EQ(Json::parse(job->trigger), (Json{{"system", "GitLab"},
                                               {"commit", commit},
                                               {"ref", "main"},
                                               {"user", "ada"},
                                               {"mergeRequest", "7"}}));
}

TEST(Ci, ElsewhereSaysSo) {
    EXPECT_THAT(job_of({}).error().message, HasSubstr("GITLAB_CI is not set"));
    EXPECT_THAT(job_of({{"GITLAB_CI", "true"}, {"CI_COMMIT_SHA", "main"}}).error().message,
                HasSubstr("40 hex"));
}

TEST(Ci, ALongBranchIsCut) {
    const auto job = job_of({{"GITLAB_CI", "true"},
                             {"CI_COMMIT_SHA", commit},
                             {"CI_COMMIT_REF_NAME", std::string(10000, 'b')}});
    ASSERT_TRUE(job);
    EXPECT_LE(Json::parse(job->trigger)["ref"].get<std::string>().size(), 256U);
}

TEST(Ci, KnowsARepositoryInEachForm) {
    const char* url = "https://git.example.com/vision/mnist";
    for (const char* same :
         {"https://git.example.com/vision/mnist.git", "https://GIT.example.com:8443/vision/mnist/",
          "ssh://git@git.example.com:2222/vision/mnist.git"}) {
        EXPECT_TRUE(is_same_repository(url, same)) << same;
    }
    for (const char* other :
         {"https://git.example.com/vision/mnist2", "https://git.example.com/vision",
          "https://example.com/vision/mnist", ""}) {
        EXPECT_FALSE(is_same_repository(url, other)) << other;
    }
}

} // namespace
} // namespace pedigree::cli
