#include <gmock/gmock.h>

#include "base/file.h"
#include "cli/commands.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const std::string samples = std::string(PEDIGREE_SOURCE_DIR) + "/manifests/samples/";

TEST(Lint, AGoodDocumentIsOk) {
    FakeCluster fake;
    const auto code = perform(LintOptions{{samples + "minimal.yaml"}}, fake.terminal);
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("minimal.yaml: ok\n"));
}

TEST(Lint, EachBadOneIsShownAndTheGoodOnesToo) {
    const std::string bad = testing::TempDir() + "lint_test_bad.yaml";
    ASSERT_TRUE(write_file(bad, "apiVersion: pedigree.dev/v1alpha1\nkind: Experiment\n"
                                "metadata: {name: a-1}\nspec:\n  projct: a\n"));
    FakeCluster fake;
    const auto code = perform(LintOptions{{bad, samples + "minimal.yaml"}}, fake.terminal);
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::InvalidInput);
    EXPECT_THAT(fake.out.str(), HasSubstr("lint_test_bad.yaml:5:3"));
    EXPECT_THAT(fake.out.str(), HasSubstr("project"));
    EXPECT_THAT(fake.out.str(), HasSubstr("minimal.yaml: ok\n"));
}

TEST(Lint, TheSmallestExperimentOfTheReadmeIsLegalAndSmall) {
    const auto readme = read_file(PEDIGREE_SOURCE_DIR "/README.md");
    ASSERT_TRUE(readme);
    const std::size_t kind = readme->find("kind: Experiment");
    ASSERT_NE(kind, std::string::npos);
    const std::size_t begin = readme->rfind("```yaml\n", kind) + std::string("```yaml\n").size();
    const std::string text = readme->substr(begin, readme->find("```", kind) - begin);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 12);
    const std::string file = testing::TempDir() + "lint_test_readme.yaml";
    ASSERT_TRUE(write_file(file, text));
    FakeCluster fake;
    EXPECT_EQ(*perform(LintOptions{{file}}, fake.terminal), ExitCode::Ok) << fake.out.str();
}

} // namespace
} // namespace pedigree::cli
