#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Version, SaysWhatItTalksTo) {
    FakeCluster fake;
    fake.texts["/version"] = R"({"gitVersion": "v1.34.1"})";
    fake.texts[records::lineage_api_root] = "{}";
    ASSERT_EQ(*fake.run({"version"}), ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), StartsWith("pedigree "));
    EXPECT_THAT(fake.out.str(),
                EndsWith("\nKubernetes v1.34.1\nread API lineage.pedigree.dev/v1alpha1\n"));
}

TEST(Version, SaysThatTheOperatorIsAway) {
    FakeCluster fake;
    fake.texts["/version"] = R"({"gitVersion": "v1.34.1"})";
    ASSERT_EQ(*fake.run({"version"}), ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("read API does not answer"));
    fake.out.str("");
    ASSERT_TRUE(fake.run({"version", "-o", "json"}));
    EXPECT_TRUE(expect_schema(fake.out.str())["readApi"].is_null());
}

TEST(Version, WithoutAClusterItsOwnIsPrintedAndTheRestIsAnError) {
    FakeCluster fake;
    fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
    const auto code = fake.run({"version"});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Unreachable);
    EXPECT_THAT(code.error().message, HasSubstr("--client asks none"));
    EXPECT_THAT(fake.out.str(), StartsWith("pedigree "));
}

TEST(Version, OfTheClientNothingIsAsked) {
    FakeCluster fake;
    fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
    ASSERT_EQ(*fake.run({"version", "--client"}), ExitCode::Ok);
    EXPECT_TRUE(fake.asked.empty());
}

} // namespace
} // namespace pedigree::cli
