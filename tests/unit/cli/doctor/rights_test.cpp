#include <gmock/gmock.h>

#include "base/file.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/doctor/cluster_double.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(DoctorRights, EachOfTheCallersIsALine) {
    ClusterDouble fake;
    EXPECT_EQ(fake.said("Right", "trace"), "ok: ann@example.com may, in vision");
    fake.api.denied = {"create experiments", "patch experiments"};
    EXPECT_EQ(fake.said("Right", "submit"),
              "finding: ann@example.com may not create experiments.pedigree.dev in vision");
    EXPECT_THAT(fake.said("Right", "cancel"), StartsWith("finding: "));
    EXPECT_THAT(fake.said("Right", "view"), StartsWith("ok: "));
    fake.api.refused = {"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"};
    EXPECT_THAT(fake.said("Right", "submit"), StartsWith("unknown: "));
}

TEST(DoctorRights, WhatTheOperatorLacksIsListed) {
    ClusterDouble fake;
    fake.api.denied = {"operator: create jobs", "operator: get pods"};
    EXPECT_EQ(fake.said("OperatorRights"),
              "finding: the account pedigree-operator of pedigree-system may not create "
              "jobs.batch, get pods/log");
    fake.api.reviews_of_others = false;
    EXPECT_EQ(fake.said("OperatorRights"), "unknown: you may not create subjectaccessreviews");
}

// Asked for in the words of manifests/base/rbac.yaml: a rule that goes there goes here.
TEST(DoctorRights, WhatIsAskedOfTheOperatorIsWhatItsRoleHas) {
    const std::string manifest = read_file(checkout_path("manifests/base/rbac.yaml")).value();
    for (const SeenRight& right : operator_account_rights(Sight{})) {
        const k8s::AccessQuestion& question = right.question;
        const std::string resource =
            question.resource + (question.subresource.empty() ? "" : "/" + question.subresource);
        const auto rule = manifest.find(fmt::format("resources: [{}]", resource));
        ASSERT_NE(rule, std::string::npos) << resource;
        const auto verbs = manifest.find("verbs: [", rule);
        const std::string list = manifest.substr(verbs, manifest.find(']', verbs) - verbs);
        EXPECT_THAT(list, HasSubstr(question.verb)) << resource;
    }
}

} // namespace
} // namespace pedigree::cli
