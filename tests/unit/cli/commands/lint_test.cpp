#include <algorithm>

#include <gmock/gmock.h>

#include "base/file.h"
#include "pipeline/spec/configuration.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const std::string samples = checkout_path("manifests/samples/");

TEST(Lint, AGoodDocumentIsOk) {
    FakeCluster fake;
    const auto code = fake.run({"lint", samples + "minimal.yaml"});
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("minimal.yaml: ok\n"));
}

TEST(Lint, EachBadOneIsShownAndTheGoodOnesToo) {
    const std::string bad = testing::TempDir() + "lint_test_bad.yaml";
    ASSERT_TRUE(write_file(bad, "apiVersion: pedigree.dev/v1alpha1\nkind: Experiment\n"
                                "metadata: {name: a-1}\nspec:\n  projct: a\n"));
    FakeCluster fake;
    const auto code = fake.run({"lint", bad, samples + "minimal.yaml"});
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::InvalidInput);
    EXPECT_THAT(fake.out.str(), HasSubstr("lint_test_bad.yaml:5:3"));
    EXPECT_THAT(fake.out.str(), HasSubstr("project"));
    EXPECT_THAT(fake.out.str(), HasSubstr("minimal.yaml: ok\n"));
}

// The first block of a document that is fenced as `language` and holds `words`.
std::string block_of(const std::string& page, const std::string& language,
                     const std::string& words) {
    const auto text = read_file(checkout_path(page));
    const std::string fence = "```" + language + "\n";
    const std::size_t inside = text ? text->find(words) : std::string::npos;
    const std::size_t begin = inside == std::string::npos ? inside : text->rfind(fence, inside);
    if (begin == std::string::npos) {
        return "";
    }
    const std::size_t first = begin + fence.size();
    return text->substr(first, text->find("```", first) - first);
}

TEST(Documents, TheSmallestExperimentOfTheReadmeIsLegalAndSmall) {
    const std::string text = block_of("README.md", "yaml", "kind: Experiment");
    const auto lines = std::count(text.begin(), text.end(), '\n');
    EXPECT_GT(lines, 0);
    EXPECT_LE(lines, 12);
    const std::string file = testing::TempDir() + "lint_test_readme.yaml";
    ASSERT_TRUE(write_file(file, text));
    FakeCluster fake;
    EXPECT_EQ(*fake.run({"lint", file}), ExitCode::Ok) << fake.out.str();
}

TEST(Documents, TheConfigurationOfTheManualIsRead) {
    const auto document = parse_json(block_of("docs/operate/install.md", "json", "\"defaults\""));
    ASSERT_TRUE(document) << document.error().message;
    const auto configuration = spec::Configuration::parse(*document);
    ASSERT_TRUE(configuration) << configuration.error().message;
    EXPECT_EQ(configuration->effective("vision").artifact_store.bucket, "vision-models");
    EXPECT_EQ(configuration->effective("vision").registry.prefix, "pedigree");
    EXPECT_EQ(configuration->effective("other").artifact_store.bucket, "pedigree");
}

} // namespace
} // namespace pedigree::cli
