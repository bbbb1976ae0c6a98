#include <gmock/gmock.h>

#include "tests/unit/cli/doctor/cluster_double.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(DoctorInstallation, ACrdThatIsAwayOrGoingIsAFinding) {
    ClusterDouble fake;
    fake.object(paths::crd)["status"]["conditions"] = {
        {{"type", "NamesAccepted"}, {"status", "False"}, {"message", "exp is taken"}}};
    EXPECT_EQ(fake.said("CustomResource"), "finding: the CRD is not established: exp is taken");
    fake.object(paths::crd)["metadata"]["deletionTimestamp"] = "2026-01-31T12:00:00Z";
    EXPECT_THAT(fake.said("CustomResource"), HasSubstr("is being deleted"));
    fake.take(paths::crd);
    EXPECT_EQ(fake.said("CustomResource"),
              "finding: the CRD experiments.pedigree.dev is not there");
    EXPECT_EQ(fake.said("Schema"), "");
}

TEST(DoctorInstallation, ASchemaOfAnotherVersionIsNamedWithItsPlace) {
    ClusterDouble fake;
    Json& version = fake.object(paths::crd)["spec"]["versions"][0];
    Json& schema = version["schema"]["openAPIV3Schema"];
    schema["description"] = "Other words.";
    schema["properties"]["spec"]["properties"]["project"]["description"] = "Others, too.";
    EXPECT_THAT(fake.said("Schema"), StartsWith("ok: v1alpha1 is stored"));
    schema["properties"]["spec"]["properties"]["project"]["maxLength"] = 7;
    EXPECT_THAT(fake.said("Schema"),
                AllOf(StartsWith("finding: "), HasSubstr("differ at spec.project.maxLength")));
    version["storage"] = false;
    EXPECT_THAT(fake.said("Schema"), HasSubstr("does not store v1alpha1"));
}

// A version that was stored once stays in the list until somebody migrates it.
TEST(DoctorInstallation, OlderStoredVersionsAreSaidAndNoFinding) {
    ClusterDouble fake;
    fake.object(paths::crd)["status"]["storedVersions"] = {"v1alpha0", "v1alpha1"};
    EXPECT_THAT(fake.said("Schema"),
                AllOf(StartsWith("ok: "), HasSubstr("older versions are still stored")));
}

TEST(DoctorInstallation, AnApiServiceThatIsAwayIsNamedWithTheFix) {
    ClusterDouble fake;
    fake.take(paths::api_service);
    fake.texts.erase(paths::lineage);
    EXPECT_THAT(fake.said("ApiService"),
                StartsWith("finding: the APIService v1alpha1.lineage.pedigree.dev is not there"));
    EXPECT_EQ(fake.said("Certificate"), "");
    fake.api.refused = {"/apis/apiregistration.k8s.io/v1/apiservices"};
    EXPECT_THAT(fake.said("ApiService"), StartsWith("finding: ")); // discovery tells everybody
}

TEST(DoctorInstallation, AnApiServiceThatIsNotAvailableSaysWhy) {
    ClusterDouble fake;
    fake.object(paths::api_service)["status"]["conditions"] = {{{"type", "Available"},
                                                                {"status", "False"},
                                                                {"reason", "FailedDiscoveryCheck"},
                                                                {"message", "no route to host"}}};
    EXPECT_EQ(fake.said("ApiService"),
              "finding: it is not available (FailedDiscoveryCheck): no route to host; no namespace "
              "can be deleted meanwhile");
}

TEST(DoctorInstallation, TheCertificateIsReadFromTheApiService) {
    ClusterDouble fake;
    EXPECT_EQ(fake.said("Certificate"), "ok: the operator's is good for 334 more days");
    const auto at = [&](const char* time) {
        fake.api.server_time = time;
        return fake.said("Certificate");
    };
    EXPECT_THAT(at("2026-11-15T00:00:00Z"), StartsWith("ok: "));
    EXPECT_EQ(at("2026-11-20T00:00:00Z"), "finding: it ends at 2027-01-01T00:00:00Z, and was to be "
                                          "renewed 60 days before");
    EXPECT_THAT(at("2027-01-02T00:00:00Z"), StartsWith("finding: it ended at "));
    EXPECT_THAT(at("2025-12-31T00:00:00Z"), HasSubstr("a clock is wrong"));
    fake.object(paths::api_service)["spec"]["caBundle"] = "bm90IGEgY2VydGlmaWNhdGU=";
    EXPECT_THAT(fake.said("Certificate"), HasSubstr("is no certificate"));
    fake.object(paths::api_service)["spec"].erase("caBundle");
    EXPECT_THAT(fake.said("Certificate"), HasSubstr("has no CA"));
}

TEST(DoctorInstallation, APolicyIsOfUseBoundAlone) {
    const std::string name = "objects.pedigree.dev";
    ClusterDouble fake;
    EXPECT_EQ(fake.said("AdmissionPolicy", name), "ok: it is bound, and denies");
    fake.object(paths::bindings + name)["spec"]["validationActions"] = {"Warn", "Audit"};
    EXPECT_THAT(fake.said("AdmissionPolicy", name),
                StartsWith("finding: it is there and denies nothing"));
    fake.take(paths::bindings + name);
    EXPECT_EQ(fake.said("AdmissionPolicy", name),
              "finding: there is no ValidatingAdmissionPolicyBinding");
    fake.take(paths::policies + name);
    EXPECT_EQ(fake.said("AdmissionPolicy", name), "finding: there is no ValidatingAdmissionPolicy");
    EXPECT_THAT(fake.said("AdmissionPolicy", "experiments.pedigree.dev"), StartsWith("ok: "));
    fake.api.refused = {paths::bindings};
    EXPECT_THAT(fake.said("AdmissionPolicy", "experiments.pedigree.dev"), StartsWith("unknown: "));
}

} // namespace
} // namespace pedigree::cli
