#include <gmock/gmock.h>

#include "tests/unit/cli/doctor/cluster_double.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(DoctorConfiguration, WhatDoesNotParseIsNamed) {
    ClusterDouble fake;
    Json& data = fake.object(paths::configuration)["data"];
    data["config.json"] = "{\"defaults\": {}}";
    EXPECT_THAT(fake.said("Configuration"),
                AllOf(StartsWith("finding: config.json of the ConfigMap pedigree-config: "),
                      HasSubstr("registry")));
    data["config.json"] = "{";
    EXPECT_THAT(fake.said("Configuration"), StartsWith("finding: "));
    data.erase("config.json");
    EXPECT_THAT(fake.said("Configuration"), HasSubstr("it has no key config.json"));
    fake.take(paths::configuration);
    EXPECT_EQ(fake.said("Configuration"),
              "finding: there is no ConfigMap pedigree-config in pedigree-system");
}

TEST(DoctorConfiguration, EachSecretThatIsNamedIsLookedFor) {
    ClusterDouble fake;
    for (const char* name : {"pedigree-system/pedigree-database", "pedigree-system/our-registry",
                             "vision/pedigree-pull", "vision/pedigree-store"}) {
        EXPECT_EQ(fake.said("Secret", name), "ok: it is there; its values were not read");
    }
    fake.secrets.erase("pedigree-system/our-registry");
    fake.secrets.erase("vision/pedigree-pull");
    EXPECT_EQ(fake.said("Secret", "pedigree-system/our-registry"),
              "finding: it is not there; the operator's registry needs it");
    EXPECT_EQ(fake.said("Secret", "vision/pedigree-pull"),
              "finding: it is not there; pulling what was built needs it");
    fake.api.refused = {"/api/v1/namespaces/vision/secrets"};
    EXPECT_THAT(fake.said("Secret", "vision/pedigree-store"), StartsWith("unknown: "));
}

TEST(DoctorConfiguration, WithoutADeploymentTheUsualSecretsAreLookedFor) {
    ClusterDouble fake;
    fake.take(paths::deployment);
    EXPECT_EQ(fake.said("Secret", "pedigree-system/pedigree-artifact-store"),
              "finding: it is not there; the operator's artifact-store needs it");
}

} // namespace
} // namespace pedigree::cli
