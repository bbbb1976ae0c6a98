// The samples of docs/spec/search-import.md: each tool's document and "the same here" behind it say
// the same.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/search/document/read_study.h"
#include "pipeline/search/import/import.h"
#include "pipeline/spec/yaml.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

struct Sample {
    std::string language, text;
};

std::vector<Sample> samples() {
    const auto page = read_file(checkout_path("docs/spec/search-import.md"));
    std::vector<Sample> found;
    constexpr std::string_view fence = "\n```";
    for (std::size_t at = page->find(fence); at != std::string::npos; at = page->find(fence, at)) {
        at += fence.size();
        const std::size_t begin = page->find('\n', at) + 1;
        const std::size_t end = page->find(fence, begin) + 1;
        found.push_back({page->substr(at, begin - 1 - at), page->substr(begin, end - begin)});
        at = end + fence.size() - 1;
    }
    return found;
}

TEST(ImportPage, EachSampleSaysTheSameAsItsNeighbour) {
    const auto all = samples();
    int compared = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!all[i].text.starts_with("# the same here")) {
            continue;
        }
        SCOPED_TRACE(all[i - 1].text);
        const Json ours = spec::parse_yaml(all[i].text).value();
        const auto study = read_study(ours);
        ASSERT_TRUE(study) << study.error().message;
        if (all[i - 1].language == "python") { // Optuna's: nothing reads it
            continue;
        }
        const Json theirs = spec::parse_yaml(all[i - 1].text).value();
        std::vector<std::string> warnings;
        const auto translated = translate(theirs, recognize(theirs), warnings);
        ASSERT_TRUE(translated) << translated.error().message;
        EXPECT_EQ(canonical_json(*translated), canonical_json(ours));
        EXPECT_TRUE(warnings.empty());
        ++compared;
    }
    EXPECT_EQ(compared, 4);
}

} // namespace
} // namespace pedigree::search
