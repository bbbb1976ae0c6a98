#include "cli/app/complete.h"

#include <gmock/gmock.h>

#include "cli/app/subcommands.h"

namespace pedigree::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> names(NameKind kind) {
    switch (kind) {
    case NameKind::Experiments:
        return {"mnist-1", "mnist-2", "voice-1"};
    case NameKind::Namespaces:
        return {"default", "vision"};
    case NameKind::Projects:
        return {"mnist", "voice"};
    }
    return {};
}

TEST(Complete, FirstWordIsASubcommand) {
    EXPECT_THAT(candidates_for({"de"}, names).words, ElementsAre("describe"));
    EXPECT_EQ(candidates_for({""}, names).words.size(), subcommands().size());
    EXPECT_EQ(candidates_for({}, names).words.size(), subcommands().size());
    EXPECT_THAT(candidates_for({"-n", "vision", "log"}, names).words, ElementsAre("logs"));
}

TEST(Complete, NamesComeFromTheCluster) {
    EXPECT_THAT(candidates_for({"get", "mn"}, names).words, ElementsAre("mnist-1", "mnist-2"));
    EXPECT_THAT(candidates_for({"logs", "-f", "v"}, names).words, ElementsAre("voice-1"));
    EXPECT_THAT(candidates_for({"get", "-n", "v"}, names).words, ElementsAre("vision"));
    EXPECT_THAT(candidates_for({"find", "--project", ""}, names).words,
                ElementsAre("mnist", "voice"));
}

TEST(Complete, TraceTakesExperimentsAndFiles) {
    const Candidates candidates = candidates_for({"trace", "exp/v"}, names);
    EXPECT_THAT(candidates.words, ElementsAre("exp/voice-1"));
    EXPECT_TRUE(candidates.files);
}

TEST(Complete, OptionsAndTheirValues) {
    EXPECT_THAT(candidates_for({"wait", "--t"}, names).words, ElementsAre("--timeout"));
    EXPECT_THAT(candidates_for({"trace", "-o", ""}, names).words,
                ElementsAre("table", "json", "dot"));
    EXPECT_THAT(candidates_for({"wait", "--timeout", ""}, names).words, IsEmpty());
    EXPECT_TRUE(candidates_for({"run", "-f", ""}, names).files);
    EXPECT_FALSE(candidates_for({"logs", "-f", ""}, names).files);
    EXPECT_TRUE(candidates_for({"lock", "-o", ""}, names).files);
    EXPECT_TRUE(candidates_for({"lock", ""}, names).files);
    EXPECT_THAT(candidates_for({"lock", "--format", ""}, names).words,
                ElementsAre("table", "json"));
    EXPECT_THAT(candidates_for({"get", "--"}, names).words, Contains("--selector"));
    EXPECT_THAT(candidates_for({"get", "--"}, names).words, Not(Contains("-A")));
}

TEST(Complete, FindsTheNamespaceAmongTheWords) {
    EXPECT_EQ(namespace_in({"get", "-n", "vision", ""}), "vision");
    EXPECT_EQ(namespace_in({"get", "--namespace=vision", ""}), "vision");
    EXPECT_EQ(namespace_in({"get", "-n", "vis"}), "");
    EXPECT_EQ(namespace_in({"get", ""}), "");
}

TEST(Complete, EveryShellHasItsScript) {
    for (const char* shell : {"bash", "zsh", "fish", "kubectl"}) {
        EXPECT_THAT(completion_script(shell), HasSubstr("__complete")) << shell;
    }
    EXPECT_EQ(completion_script("tcsh"), "");
}

} // namespace
} // namespace pedigree::cli
