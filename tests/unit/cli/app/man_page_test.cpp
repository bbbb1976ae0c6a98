#include "cli/app/man_page.h"

#include <gmock/gmock.h>

#include "cli/commands/table.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ManPage, HasWhatHelpHas) {
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"man", "trace"}));
    const std::string page = fake.out.str();
    EXPECT_THAT(page, HasSubstr(".TH \"PEDIGREE\\-TRACE\" 1"));
    EXPECT_THAT(page, HasSubstr("\\fBpedigree trace\\fR \\fISUBJECT\\fR [\\fIOPTIONS\\fR]\n"));
    EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-\\-as\\-of\\fR \\fIN\\fR\n"));
    EXPECT_THAT(page, HasSubstr("  pedigree trace exp/mnist\\-1\n"));
}

// A line of text that begins with a period or an apostrophe would be an instruction to man.
TEST(ManPage, HoldsTextAsText) {
    Command command{{"odd", "says\n.so /etc/passwd and \\fB", "  x\n'y"}, {}, {}};
    const std::string page = man_page(command);
    EXPECT_THAT(page, HasSubstr("says\n\\&.so /etc/passwd and \\efB"));
    EXPECT_THAT(page, HasSubstr("  x\n\\&'y"));
}

TEST(ManPage, TheFirstPageNamesEveryCommand) {
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"man"}));
    for (const Command& command : all_commands()) {
        std::string name; // a hyphen is a minus to man
        for (const char c : command.texts.name) {
            name += c == '-' ? "\\-" : std::string(1, c);
        }
        EXPECT_THAT(fake.out.str(), HasSubstr("\\fBpedigree\\-" + name + "\\fR(1)"));
    }
}

TEST(ManPage, AnotherCommandIsAnError) {
    FakeCluster fake;
    const auto code = fake.run({"man", "tracee"});
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message, HasSubstr("did you mean \"trace\"?"));
    EXPECT_THAT(fake.out.str(), Not(HasSubstr(".TH")));
}

} // namespace
} // namespace pedigree::cli
