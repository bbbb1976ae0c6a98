#include <gmock/gmock.h>

#include "experiment/job/job.h"
#include "tests/unit/cli/doctor/cluster_double.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(DoctorNamespace, OneThatIsAwayOrGoingIsAFinding) {
    ClusterDouble fake;
    EXPECT_EQ(fake.said("PodSecurity"), "ok: it enforces restricted, which pedigree's pods pass");
    fake.object(paths::name_space)["metadata"]["deletionTimestamp"] = "2026-01-31T12:00:00Z";
    EXPECT_EQ(fake.said("Namespace"), "finding: it is being deleted");
    fake.take(paths::name_space);
    EXPECT_EQ(fake.said("Namespace"), "finding: it is not there");
}

// What it judges by is what a Job has.
TEST(DoctorNamespace, OurContainersAskForWhatTheirJobSays) {
    const OwnContainer own;
    EXPECT_EQ(own.cpu, experiment::recorder_cpu);
    EXPECT_EQ(own.cpu_max, experiment::recorder_cpu_max);
    EXPECT_EQ(own.memory, experiment::recorder_memory);
    EXPECT_EQ(own.memory_max, experiment::recorder_memory);
}

struct DoctorBounds : testing::Test {
    ClusterDouble fake;
    std::string of_quota(const Json& hard, const Json& used = Json::object()) {
        fake.api.objects[paths::quota] = {{"metadata", {{"name", "team"}, {"namespace", "vision"}}},
                                          {"spec", {{"hard", hard}}},
                                          {"status", {{"used", used}}}};
        return fake.said("ResourceQuota");
    }
    std::string of_limit(const Json& limit) {
        fake.api.objects[paths::limit_range] = {
            {"metadata", {{"name", "team"}, {"namespace", "vision"}}},
            {"spec", {{"limits", Json::array({limit})}}}};
        return fake.said("LimitRange");
    }
};

TEST_F(DoctorBounds, AQuotaThatLetsNoPodInIsAFinding) {
    EXPECT_EQ(of_quota({{"requests.cpu", "8"}, {"limits.memory", "64Gi"}, {"pods", "10"}}),
              "ok: it lets a pod in");
    EXPECT_EQ(of_quota({{"limits.cpu", "500m"}}),
              "finding: it refuses every pod: limits.cpu is 500m, a pod takes 1 before it trains");
    EXPECT_THAT(of_quota({{"pods", "0"}}), StartsWith("finding: "));
    EXPECT_THAT(of_quota({{"memory", "64Mi"}}), StartsWith("finding: "));
}

// It is free again when something ends: an Experiment waits for it.
TEST_F(DoctorBounds, AQuotaThatIsUsedUpIsSaid) {
    EXPECT_EQ(of_quota({{"pods", "3"}}, {{"pods", "3"}}),
              "ok: it lets pods in; used up just now: pods");
}

TEST_F(DoctorBounds, AQuotaOnWhatNobodyStatesWantsDefaults) {
    EXPECT_THAT(of_quota({{"limits.ephemeral-storage", "10Gi"}}),
                HasSubstr("limits.ephemeral-storage must be stated"));
    of_limit({{"type", "Container"}, {"default", {{"ephemeral-storage", "1Gi"}}}});
    EXPECT_EQ(of_quota({{"limits.ephemeral-storage", "10Gi"}}), "ok: it lets a pod in");
}

TEST_F(DoctorBounds, AQuotaOfAScopeIsNotJudged) {
    of_quota({{"pods", "0"}});
    fake.object(paths::quota)["spec"]["scopes"] = Json::array({"BestEffort"});
    EXPECT_EQ(fake.said("ResourceQuota"), "");
}

TEST_F(DoctorBounds, ALimitRangeThatRefusesOurContainersIsAFinding) {
    EXPECT_THAT(of_limit({{"type", "Container"}, {"max", {{"cpu", "2"}, {"memory", "4Gi"}}}}),
                StartsWith("ok: "));
    EXPECT_THAT(of_limit({{"type", "Container"}, {"max", {{"cpu", "500m"}}}}),
                HasSubstr("max.cpu is below 1 of a Container"));
    EXPECT_THAT(of_limit({{"type", "Container"}, {"min", {{"memory", "256Mi"}}}}),
                HasSubstr("min.memory is above 128Mi of a Container"));
    EXPECT_THAT(of_limit({{"type", "Container"}, {"maxLimitRequestRatio", {{"cpu", "4"}}}}),
                HasSubstr("maxLimitRequestRatio.cpu is below 20"));
    EXPECT_THAT(of_limit({{"type", "Pod"}, {"max", {{"memory", "64Mi"}}}}),
                HasSubstr("max.memory is below 128Mi of a Pod"));
    EXPECT_THAT(of_limit({{"type", "Pod"}, {"min", {{"memory", "1Gi"}}}}), StartsWith("ok: "));
    EXPECT_THAT(of_limit({{"type", "PersistentVolumeClaim"}, {"max", {{"storage", "1Gi"}}}}),
                StartsWith("ok: "));
}

TEST_F(DoctorBounds, WhatIsNoQuantityIsPassedOver) {
    EXPECT_THAT(of_quota({{"pods", "many"}, {"limits.cpu", Json::array()}}), StartsWith("ok: "));
    EXPECT_THAT(of_limit({{"type", "Container"}, {"max", "all"}}), StartsWith("ok: "));
}

TEST(DoctorGpus, AreCountedAndTheirAbsenceIsNoFinding) {
    ClusterDouble fake;
    EXPECT_THAT(fake.said("Gpus"), StartsWith("ok: 0 of 1 nodes have a GPU"));
    fake.object(paths::node)["status"]["allocatable"]["nvidia.com/gpu"] = "4";
    EXPECT_EQ(fake.said("Gpus"), "ok: nvidia.com/gpu on 1 of 1 nodes: 4");
    fake.api.refused = {"/api/v1/nodes"};
    EXPECT_THAT(fake.said("Gpus"), StartsWith("unknown: "));
}

} // namespace
} // namespace pedigree::cli
