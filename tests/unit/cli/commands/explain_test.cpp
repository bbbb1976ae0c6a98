#include <filesystem>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "base/file.h"
#include "cli/app/manual.h"
#include "pipeline/spec/rules.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

TEST(Explain, AReasonIsItsRowOfThePage) {
    FakeCluster fake;
    ASSERT_EQ(*fake.run({"explain", "waitingforgpu"}), ExitCode::Ok);
    EXPECT_EQ(fake.out.str(),
              "WaitingForGpu  (While it goes on)\n"
              "  meaning: no node has the GPUs free; the message names who holds them\n"
              "  ends by: deadlines.queueSeconds, if given\n"
              "  if it stays: free them, or cancel\n");
}

TEST(Explain, ACodeSaysWhatIsWrongWhatToDoAndWhere) {
    FakeCluster fake;
    ASSERT_EQ(*fake.run({"explain", "E0129"}), ExitCode::Ok);
    EXPECT_EQ(fake.out.str(), "E0129  (The Experiment)\n"
                              "  what is wrong: both or neither of image.base and image.prebuilt\n"
                              "  what to do: give one of them\n"
                              "  spec.image: exactly one of base and prebuilt must be given\n");
}

TEST(Explain, ATypoIsMetWithTheNearest) {
    FakeCluster fake;
    const auto code = fake.run({"explain", "OOMKiled"});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::NotFound);
    EXPECT_THAT(code.error().message, HasSubstr("did you mean \"OOMKilled\"?"));
}

TEST(Explain, WithoutAWordAllAreListed) {
    FakeCluster fake;
    ASSERT_EQ(*fake.run({"explain", "-o", "json"}), ExitCode::Ok);
    const Json list = Json::parse(fake.out.str());
    EXPECT_EQ(list["kind"], "ExplanationList");
    EXPECT_EQ(list["items"].size(), manual_entries().size());
    EXPECT_GT(list["items"].size(), 200U);
}

TEST(Explain, MarkdownIsReadAsTextAndOddRowsAreNoWords) {
    const auto found = manual_entries_in("## Here\n| reason | meaning |\n|---|---|\n"
                                         "| `A1`, `B` | see [the page](x.md#y), or `c` |\n"
                                         "| Bare | no word |\n| `low` | no word |\n\n"
                                         "| `C` | a header |\n|---|---|\n| `D` | |\n");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].word, "A1");
    EXPECT_EQ(found[1].word, "B");
    EXPECT_EQ(found[1].about, "Here");
    EXPECT_EQ(found[1].lines.front().second, "see the page, or c");
    EXPECT_TRUE(found[2].lines.empty());
}

// The codes that stand in the sources of a folder.
std::set<std::string> codes_in(const std::string& folder) {
    static const std::regex code("E[0-9]{4}(?![0-9A-Za-z])");
    std::set<std::string> found;
    const std::filesystem::path root = checkout_path(folder);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const std::string ending = entry.path().extension();
        if (ending != ".cpp" && ending != ".h" && ending != ".yaml") {
            continue;
        }
        const std::string text = read_file(entry.path()).value();
        for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) {
            found.insert(at->str());
        }
    }
    return found;
}

TEST(Explain, EveryCodeOfTheSourcesIsExplainedAndNoOther) {
    std::set<std::string> said;
    for (const char* folder :
         {"pipeline", "imagebuild", "source", "operator", "recorder", "manifests/policies"}) {
        said.merge(codes_in(folder));
    }
    std::set<std::string> explained;
    for (const ManualEntry& entry : manual_entries()) {
        if (std::isdigit(static_cast<unsigned char>(entry.word[1])) != 0) {
            explained.insert(entry.word);
        }
    }
    EXPECT_EQ(said, explained);
}

} // namespace
} // namespace pedigree::cli
