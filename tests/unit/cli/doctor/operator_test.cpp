#include <gmock/gmock.h>

#include "tests/unit/cli/doctor/cluster_double.h"

namespace pedigree::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct DoctorOperator : testing::Test {
    ClusterDouble fake;
    // The operator's container as the kubelet shows it; its pod is not ready.
    void show(const Json& state, const Json& last = Json::object()) {
        Json& status = fake.object(paths::pod)["status"];
        status["conditions"] = {{{"type", "Ready"}, {"status", "False"}}};
        status["containerStatuses"] = {{{"name", "operator"},
                                        {"image", "registry.example.com/pedigree"},
                                        {"restartCount", 4},
                                        {"state", state},
                                        {"lastState", last}}};
    }
};

TEST_F(DoctorOperator, ReplicasThatAreAwayAreCounted) {
    Json& deployment = fake.object(paths::deployment);
    deployment["spec"]["replicas"] = 2;
    EXPECT_EQ(fake.said("Operator"), "finding: 1 of 2 replicas available");
    deployment["status"]["conditions"] = {{{"type", "ReplicaFailure"},
                                           {"status", "True"},
                                           {"reason", "FailedCreate"},
                                           {"message", "exceeded quota: team"}}};
    EXPECT_THAT(fake.said("Operator"), HasSubstr("; FailedCreate: exceeded quota: team"));
    EXPECT_THAT(fake.fix_of("Operator"), HasSubstr("what the message names"));
    deployment["status"].erase("conditions");
    EXPECT_EQ(fake.fix_of("Operator"), "see to its pods below");
    fake.take(paths::pod);
    EXPECT_THAT(fake.fix_of("Operator"), HasSubstr("describe deployment pedigree-operator"));
    deployment["spec"]["replicas"] = 0;
    EXPECT_EQ(fake.said("Operator"), "finding: it is scaled to 0 replicas");
    fake.take(paths::deployment);
    EXPECT_EQ(fake.said("Operator"),
              "finding: there is no Deployment pedigree-operator in pedigree-system");
}

TEST_F(DoctorOperator, WhatTheKubeletCallsBackOffIsToldInWords) {
    show({{"waiting", {{"reason", "CrashLoopBackOff"}}}},
         {{"terminated", {{"exitCode", 137}, {"reason", "OOMKilled"}}}});
    EXPECT_EQ(fake.said("OperatorPod"), "finding: its container operator ended 4 times, the last "
                                        "time with exit code 137 (OOMKilled)");
    show({{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "manifest unknown"}}}});
    EXPECT_EQ(fake.said("OperatorPod"),
              "finding: its image registry.example.com/pedigree cannot be pulled "
              "(ImagePullBackOff): manifest unknown");
    show({{"waiting",
           {{"reason", "CreateContainerConfigError"}, {"message", "secret \"x\" not found"}}}});
    EXPECT_EQ(fake.said("OperatorPod"),
              "finding: its container operator cannot be made: secret \"x\" not found");
    show({{"waiting", {{"reason", "ContainerCreating"}}}});
    EXPECT_THAT(fake.said("OperatorPod"), HasSubstr("may be missing"));
}

TEST_F(DoctorOperator, APodThatNoNodeTakesSaysWhy) {
    fake.object(paths::pod)["status"]["conditions"] = {{{"type", "PodScheduled"},
                                                        {"status", "False"},
                                                        {"reason", "Unschedulable"},
                                                        {"message", "insufficient memory"}}};
    EXPECT_EQ(fake.said("OperatorPod"),
              "finding: no node takes it: Unschedulable: insufficient memory");
}

TEST_F(DoctorOperator, OneThatRunsAndIsNotReadySaysWhatItWaitsFor) {
    show({{"running", Json::object()}});
    fake.texts[std::string(paths::pod) + "/log?container=operator&tailLines=50"] =
        R"({"level":"warning","message":"waiting for PostgreSQL","error":"connection refused"})"
        "\n"
        R"({"level":"info","message":"something else"})"
        "\nno JSON\n";
    EXPECT_EQ(fake.said("OperatorPod"), "finding: it runs and is not ready: waiting for "
                                        "PostgreSQL: connection refused");
    fake.texts.clear();
    EXPECT_EQ(last_complaint(""), "");
}

// An eviction leaves pods that have failed; the Deployment has made others.
TEST_F(DoctorOperator, PodsThatHaveEndedAreNotJudged) {
    fake.object(paths::pod)["status"] = {{"phase", "Failed"}, {"reason", "Evicted"}};
    EXPECT_EQ(fake.said("OperatorPod"), "");
}

TEST_F(DoctorOperator, AnotherVersionThanThisProgramsIsAFinding) {
    Json& deployment = fake.object(paths::deployment);
    deployment["metadata"]["labels"]["app.kubernetes.io/version"] = "0.0.9";
    EXPECT_THAT(fake.said("OperatorVersion"),
                StartsWith("finding: the operator is 0.0.9, this program "));
    deployment["metadata"].erase("labels");
    EXPECT_THAT(fake.said("OperatorVersion"), StartsWith("unknown: "));
    Json& image = deployment["spec"]["template"]["spec"]["containers"][0]["image"];
    image = "localhost:5000/pedigree:" PEDIGREE_VERSION;
    EXPECT_THAT(fake.said("OperatorVersion"), StartsWith("ok: "));
    image = "localhost:5000/pedigree";
    EXPECT_THAT(fake.said("OperatorVersion"), StartsWith("unknown: "));
}

// By its time alone nobody knows whether a Lease is held: clocks differ. It is looked at twice.
TEST_F(DoctorOperator, ALeaseThatIsNotRenewedIsLookedAtAgain) {
    fake.object(paths::lease)["spec"]["renewTime"] = "2026-01-31T11:50:00.000000Z";
    EXPECT_EQ(fake.said("Leader"),
              "finding: nobody leads: pedigree-operator-a_1 has not renewed the Lease for 10m");
    EXPECT_THAT(fake.pauses, ElementsAre(std::chrono::seconds(5)));
}

TEST_F(DoctorOperator, ALeaseThatMovesWithAnOldTimeIsAWrongClock) {
    fake.object(paths::lease)["spec"]["renewTime"] = "2026-01-31T12:05:00.000000Z";
    fake.api.after_get = [&](const std::string& path) {
        if (path == paths::lease) {
            fake.object(paths::lease)["metadata"]["resourceVersion"] = "8";
        }
    };
    EXPECT_EQ(fake.said("Leader"), "finding: pedigree-operator-a_1 leads, and its node's clock is "
                                   "about 5m ahead of the API server's");
}

TEST_F(DoctorOperator, WithoutALeaseOrAHolderNobodyLeads) {
    fake.object(paths::lease)["spec"]["holderIdentity"] = "";
    EXPECT_EQ(fake.said("Leader"), "finding: nobody leads: the Lease was given back");
    fake.take(paths::lease);
    EXPECT_EQ(fake.said("Leader"), "finding: nobody has led yet: there is no Lease");
}

} // namespace
} // namespace pedigree::cli
