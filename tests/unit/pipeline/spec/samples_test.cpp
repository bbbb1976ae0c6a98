#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "tests/checkout/checkout.h"

namespace pedigree::spec {
namespace {

const std::string folder = checkout_path("manifests/samples");

std::vector<std::filesystem::path> manifests_in(const std::string& path) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        if (entry.path().extension() == ".yaml") {
            files.push_back(entry.path());
        }
    }
    return files;
}

TEST(Samples, AreLegal) {
    const auto files = manifests_in(folder);
    ASSERT_FALSE(files.empty());
    for (const auto& file : files) {
        const std::string text = read_file(file).value();
        EXPECT_EQ(render(lint(text, search::validate_experiment_search), text, file.string(),
                         Colour::Never),
                  "");
    }
}

TEST(Samples, TheSmallestFitsIntoTwelveLines) {
    const std::string text = read_file(folder + "/minimal.yaml").value();
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 12);
}

// Each names its only error in its first line: "# expected: ...".
TEST(Samples, IllegalOnesHaveTheErrorTheyName) {
    const auto files = manifests_in(folder + "/illegal");
    ASSERT_FALSE(files.empty());
    for (const auto& file : files) {
        const std::string text = read_file(file).value();
        const std::string prefix = "# expected: ";
        ASSERT_TRUE(text.starts_with(prefix)) << file;
        const std::string expected = text.substr(prefix.size(), text.find('\n') - prefix.size());
        const auto diagnostics = lint(text, search::validate_experiment_search);
        ASSERT_EQ(diagnostics.size(), 1U) << file;
        EXPECT_THAT(diagnostics[0].message, testing::HasSubstr(expected)) << file;
    }
}

} // namespace
} // namespace pedigree::spec
