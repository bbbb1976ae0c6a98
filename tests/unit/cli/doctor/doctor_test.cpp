// The command as a whole, and what it says of the cluster itself.

#include <gmock/gmock.h>

#include "tests/unit/cli/doctor/cluster_double.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t findings_of(ClusterDouble& fake, bool before_install = false) {
    return count_of(fake.checks(before_install), Verdict::Finding);
}

TEST(Doctor, OfAHealthyInstallationThereIsNoFindingAndNothingUnknown) {
    ClusterDouble fake;
    for (const Check& check : fake.checks()) {
        EXPECT_EQ(check.verdict, Verdict::Ok) << check.name << ": " << check.message;
        EXPECT_FALSE(check.message.empty()) << check.name;
    }
    ASSERT_EQ(*fake.run({"doctor"}), ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), StartsWith("VERDICT   CHECK"));
    EXPECT_THAT(fake.out.str(), HasSubstr("ok        ApiServer         Kubernetes v1.34.1\n"));
    EXPECT_THAT(fake.err.str(), EndsWith(" ok, 0 findings, 0 unknown\n"));
    EXPECT_TRUE(fake.pauses.empty());
}

TEST(Doctor, PrintsADocument) {
    ClusterDouble fake;
    fake.take(paths::api_service);
    fake.texts.erase(paths::lineage);
    fake.api.refused = {"/api/v1/nodes"};
    ASSERT_EQ(*fake.run({"doctor", "-o", "json"}), ExitCode::Failed);
    const Json document = expect_schema(fake.out.str());
    EXPECT_EQ(document["kind"], "Diagnosis");
    EXPECT_EQ(document["findings"], 1);
    EXPECT_EQ(document["unknown"], 1);
    EXPECT_EQ(document["user"], "ann@example.com");
    EXPECT_EQ(document["systemNamespace"], "pedigree-system");
    const auto found = std::find_if(document["items"].begin(), document["items"].end(),
                                    [](const Json& item) { return item["verdict"] == "finding"; });
    ASSERT_NE(found, document["items"].end());
    EXPECT_EQ((*found)["check"], "ApiService");
    EXPECT_THAT((*found)["fix"].get<std::string>(), HasSubstr("helm upgrade"));
}

// What a person may not see is never told as well, and keeps nothing else from being looked at.
TEST(Doctor, WhatMayNotBeLookedAtIsUnknownAndNeverOk) {
    ClusterDouble fake;
    fake.api.refused = {"/apis/apiextensions.k8s.io/",
                        "/apis/apiregistration.k8s.io/v1/apiservices",
                        "/apis/admissionregistration.k8s.io/v1/v",
                        "/apis/apps/",
                        "/apis/coordination.k8s.io/",
                        "/api/v1/namespaces",
                        "/api/v1/nodes"};
    fake.api.reviews_of_others = false;
    for (const Check& check : fake.checks()) {
        const bool known = check.name == "ApiServer" || check.name == "Clock" ||
                           check.name == "PolicyApi" || check.name == "Aggregation" ||
                           check.name == "CustomResource" || check.name == "ApiService" ||
                           check.name == "Right";
        EXPECT_EQ(check.verdict, known ? Verdict::Ok : Verdict::Unknown)
            << check.name << ": " << check.message;
        EXPECT_THAT(check.message, Not(HasSubstr("choose another namespace"))) << check.name;
    }
    ASSERT_EQ(*fake.run({"doctor"}), ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("unknown   Schema"));
}

TEST(Doctor, SaysOnceThatNothingIsInstalled) {
    ClusterDouble fake;
    fake.api.objects.clear();
    fake.texts.erase(paths::experiments);
    fake.texts.erase(paths::lineage);
    fake.secrets = {"pedigree-system/pedigree-database", "pedigree-system/pedigree-registry",
                    "pedigree-system/pedigree-artifact-store"};
    fake.api.objects[paths::name_space] = {{"metadata", {{"name", "vision"}}}};
    EXPECT_EQ(findings_of(fake), 1U);
    EXPECT_EQ(fake.said("Installation"), "finding: pedigree is not installed in this cluster");
    EXPECT_EQ(fake.said("Operator"), "");
    EXPECT_EQ(fake.said("OperatorRights"), "");
    EXPECT_EQ(findings_of(fake, true), 0U);
    EXPECT_EQ(*fake.run({"doctor", "--before-install"}), ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), AllOf(HasSubstr("install customresourcedefinitions"),
                                      HasSubstr("pedigree-system/pedigree-database")));
}

TEST(Doctor, BeforeAnInstallationTheRightToMakeItIsLookedAt) {
    ClusterDouble fake;
    fake.api.denied = {"create apiservices"};
    const auto checks = fake.checks(true);
    const auto found = std::find_if(checks.begin(), checks.end(), [](const Check& check) {
        return check.verdict == Verdict::Finding;
    });
    ASSERT_NE(found, checks.end());
    EXPECT_EQ(found->about, "install apiservices");
    EXPECT_THAT(found->message, HasSubstr("may not create apiservices.apiregistration.k8s.io"));
}

TEST(Doctor, WithoutAnApiServerThereIsOneLine) {
    ClusterDouble fake;
    fake.away = Error(ErrorCode::Unavailable, "GET /version: connection refused");
    ASSERT_EQ(*fake.run({"doctor"}), ExitCode::Unreachable);
    EXPECT_EQ(fake.out.str(), "VERDICT   CHECK       WHAT\n"
                              "finding   ApiServer   GET /version: connection refused; fix: check "
                              "that the cluster answers: kubectl cluster-info\n");
    EXPECT_TRUE(fake.api.asked.empty());
}

TEST(Doctor, ACallerWhomNobodyKnowsIsTold) {
    ClusterDouble fake;
    fake.away = Error(ErrorCode::Unauthorized, "the token has expired");
    ASSERT_EQ(*fake.run({"doctor"}), ExitCode::NotAllowed);
    EXPECT_THAT(fake.out.str(), HasSubstr("fix: check the user of the kubeconfig"));
}

TEST(Doctor, AnOldServerIsAFinding) {
    ClusterDouble fake;
    fake.texts["/version"] = R"({"major": "1", "minor": "29+", "gitVersion": "v1.29.9-eks-1"})";
    EXPECT_EQ(fake.said("ApiServer"), "finding: Kubernetes v1.29.9-eks-1; pedigree needs 1.30: "
                                      "native sidecars, ValidatingAdmissionPolicy v1");
    fake.texts["/version"] = R"({"major": "1", "minor": "30+", "gitVersion": "v1.30.0-gke.7"})";
    EXPECT_THAT(fake.said("ApiServer"), StartsWith("ok: "));
    fake.texts["/version"] = R"({"gitVersion": "odd"})";
    EXPECT_THAT(fake.said("ApiServer"), StartsWith("unknown: "));
}

TEST(Doctor, AServerWithoutPoliciesOrAggregationIsAFinding) {
    ClusterDouble fake;
    fake.texts["/apis/admissionregistration.k8s.io/v1"] = R"({"resources": [{"name": "x"}]})";
    fake.texts.erase("/apis/apiregistration.k8s.io/v1");
    EXPECT_THAT(fake.said("PolicyApi"), StartsWith("finding: "));
    EXPECT_THAT(fake.said("Aggregation"), StartsWith("finding: "));
}

// The server's time is cut to a second: a clock that is right never looks wrong by that.
TEST(Doctor, ClocksAreComparedByWhatTheServerSays) {
    ClusterDouble fake;
    const Instant right = fake.clock.time;
    for (const int seconds : {0, 9, -9}) {
        fake.clock.time = right + std::chrono::seconds(seconds);
        EXPECT_THAT(fake.said("Clock"), StartsWith("ok: ")) << seconds;
    }
    fake.clock.time = right + std::chrono::seconds(90);
    EXPECT_EQ(fake.said("Clock"),
              "finding: this machine's clock is 89 s ahead of the API server's");
    fake.clock.time = right - std::chrono::seconds(90);
    EXPECT_EQ(fake.said("Clock"), "finding: this machine's clock is 89 s behind the API server's");
    fake.api.server_time = "";
    EXPECT_EQ(fake.said("Clock"), "unknown: the API server did not tell its time");
}

TEST(Doctor, NoSecretIsReadAndNothingIsChanged) {
    ClusterDouble fake;
    fake.checks();
    for (const std::string& call : fake.api.asked) {
        const bool reads = call.starts_with("get ") || call.starts_with("list ");
        EXPECT_TRUE(!reads || call.find("/secrets") == std::string::npos) << call;
        const bool creates = call.starts_with("create ");
        EXPECT_TRUE(!creates || call.ends_with("reviews")) << call;
    }
    EXPECT_THAT(fake.api.asked, Contains("judge /api/v1/namespaces/vision/secrets/pedigree-pull"));
}

} // namespace
} // namespace pedigree::cli
