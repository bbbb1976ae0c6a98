// Auxiliary Jobs at an API server: made once, looked at, ended; whose they are is always asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/auxiliary/look.h"
#include "records/names.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/sample.h"

namespace pedigree::control {
namespace {

using testing::ElementsAre;

class AuxiliaryAtServer : public testing::Test {
  protected:
    static AuxiliaryDemand demand(const std::string& name) {
        return {.name = name,
                .name_space = sample::name_space,
                .experiment_uid = sample::experiment_uid,
                .experiment_name = sample::name,
                .nonce = "the-nonce",
                .image = sample::built().image,
                .pull_secrets = {},
                .command = {"python3"},
                .memory = "2Gi",
                .failed_reason = "ImportFailed",
                .builds = "",
                .reads_url = ""};
    }
    void finish(const std::string& job) {
        api_.edit(k8s::jobs, {sample::name_space, job}, [](Json& ended) {
            ended["status"]["conditions"] =
                Json::array({{{"type", "Complete"}, {"status", "True"}}});
        });
    }
    void add_pod(const std::string& name, const std::string& job, const std::string& owner_uid) {
        api_.put(
            k8s::pods,
            {{"metadata",
              {{"name", name},
               {"namespace", sample::name_space},
               {"labels", {{records::auxiliary_label, job}}},
               {"ownerReferences",
                Json::array({{{"kind", "Job"}, {"uid", owner_uid}, {"controller", true}}})}}}});
    }
    std::vector<std::string> names(const k8s::ResourceType& type) const {
        std::vector<std::string> found;
        for (const k8s::Object& object : api_.all(type)) {
            found.push_back(k8s::key_of(*object).name);
        }
        return found;
    }
    Result<bool> end() {
        return end_auxiliary_jobs(api_, sample::name_space, sample::experiment_uid);
    }

    FakeClock clock_;
    FakeApi api_{clock_};
};

TEST_F(AuxiliaryAtServer, ThePolicyStandsBeforeTheJob) {
    api_.fault = [](FaultPoint point, const std::string& call) {
        return point == FaultPoint::Before && call == "create jobs"
                   ? failure(ErrorCode::Unavailable, "away")
                   : Status();
    };
    EXPECT_FALSE(look_at(api_, demand("a"), clock_.now()));
    EXPECT_THAT(names(network_policies), ElementsAre("a"));
    api_.fault = nullptr;
    EXPECT_TRUE(look_at(api_, demand("a"), clock_.now()));
    EXPECT_TRUE(look_at(api_, demand("a"), clock_.now()));
    EXPECT_THAT(names(k8s::jobs), ElementsAre("a"));
}

TEST_F(AuxiliaryAtServer, AJobThatSomebodyMadeMeanwhileIsNoError) {
    api_.fault = [this](FaultPoint point, const std::string& call) {
        if (point == FaultPoint::Before && call == "create jobs") {
            api_.put(k8s::jobs, build_auxiliary_job(demand("a")));
        }
        return Status();
    };
    EXPECT_TRUE(look_at(api_, demand("a"), clock_.now()));
}

TEST_F(AuxiliaryAtServer, TheLogIsThatOfItsOwnPodAndBounded) {
    ASSERT_TRUE(look_at(api_, demand("a"), clock_.now()));
    const std::string uid = k8s::uid_of(*api_.seen(k8s::jobs, {sample::name_space, "a"}));
    add_pod("a-forged", "a", "somebody");
    add_pod("a-own", "a", uid);
    api_.logs[{sample::name_space, "a-forged"}] = "forged";
    api_.logs[{sample::name_space, "a-own"}] = "own";
    EXPECT_EQ(log_of(api_, demand("a"), 3).value_or(""), "own");
    EXPECT_EQ(log_of(api_, demand("a"), 2).error().code, ErrorCode::TooLarge);
}

TEST_F(AuxiliaryAtServer, WhatRunsIsEndedAndThenItsPolicyGoes) {
    ASSERT_TRUE(look_at(api_, demand("done"), clock_.now()) &&
                look_at(api_, demand("runs"), clock_.now()));
    AuxiliaryDemand other = demand("other");
    other.experiment_uid = "another";
    ASSERT_TRUE(look_at(api_, other, clock_.now()));
    finish("done");
    add_pod("runs-pod", "runs", k8s::uid_of(*api_.seen(k8s::jobs, {sample::name_space, "runs"})));
    api_.edit(k8s::pods, {sample::name_space, "runs-pod"}, // until its container has ended
              [](Json& pod) { pod["metadata"]["finalizers"] = Json::array({"kubelet"}); });
    for (const char* when : {"deleted", "ending"}) {
        EXPECT_FALSE(end().value_or(true)) << when;
    }
    EXPECT_THAT(names(network_policies), ElementsAre("done", "other", "runs"));
    EXPECT_TRUE(k8s::is_being_deleted(*api_.seen(k8s::pods, {sample::name_space, "runs-pod"})));
    api_.edit(k8s::pods, {sample::name_space, "runs-pod"},
              [](Json& pod) { pod["metadata"]["finalizers"] = Json::array(); });
    EXPECT_TRUE(end().value_or(false));
    EXPECT_THAT(names(network_policies), ElementsAre("other"));
    EXPECT_THAT(names(k8s::jobs), ElementsAre("done", "other"));
}

} // namespace
} // namespace pedigree::control
