#include "cli/app/complete.h"

#include <gmock/gmock.h>

#include "base/process.h"
#include "cli/commands/table.h"
#include "tests/fakes/scratch.h"

namespace pedigree::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> known(Source source) {
    switch (source) {
    case Source::Experiments:
        return {"mnist-1", "mnist-2", "voice-1"};
    case Source::Namespaces:
        return {"default", "vision"};
    case Source::Projects:
        return {"mnist", "voice"};
    default:
        return {};
    }
}

Candidates complete(const std::vector<std::string>& words) {
    return candidates_for(words, all_commands(), known);
}

TEST(Complete, FirstWordIsACommand) {
    EXPECT_THAT(complete({"de"}).words, ElementsAre("describe"));
    EXPECT_EQ(complete({""}).words.size(), all_commands().size() + 1); // and "help"
    EXPECT_EQ(complete({}).words.size(), all_commands().size() + 1);
    EXPECT_THAT(complete({"-n", "vision", "log"}).words, ElementsAre("logs"));
    EXPECT_THAT(complete({"help", "de"}).words, ElementsAre("describe"));
}

TEST(Complete, NamesComeFromTheCluster) {
    EXPECT_THAT(complete({"get", "mn"}).words, ElementsAre("mnist-1", "mnist-2"));
    EXPECT_THAT(complete({"get", "mnist-1", "mn"}).words, ElementsAre("mnist-1", "mnist-2"));
    EXPECT_THAT(complete({"logs", "-f", "v"}).words, ElementsAre("voice-1"));
    EXPECT_THAT(complete({"logs", "voice-1", "v"}).words, IsEmpty()); // it takes one
    EXPECT_THAT(complete({"get", "-n", "v"}).words, ElementsAre("vision"));
    EXPECT_THAT(complete({"find", "--project", ""}).words, ElementsAre("mnist", "voice"));
}

TEST(Complete, VerbsTakeNamesAndExplainTakesItsWords) {
    for (const char* verb : {"cancel", "suspend", "resume", "retry", "rerun"}) {
        EXPECT_THAT(complete({verb, "v"}).words, ElementsAre("voice-1")) << verb;
    }
    EXPECT_THAT(complete({"explain", "E012"}).words, Contains("E0120"));
    EXPECT_THAT(complete({"explain", "Waiting"}).words, Contains("WaitingForGpu"));
    EXPECT_THAT(complete({"rerun", "--same"}).words, ElementsAre("--same-commit"));
}

TEST(Complete, TraceTakesExperimentsAndFiles) {
    const Candidates candidates = complete({"trace", "exp/v"});
    EXPECT_THAT(candidates.words, ElementsAre("exp/voice-1"));
    EXPECT_TRUE(candidates.files);
}

TEST(Complete, EachArgumentHasItsOwn) {
    const Candidates first = complete({"search", "--seed", "7", ""});
    EXPECT_THAT(first.words, ElementsAre("serve", "explain", "predict", "simulate", "export"));
    EXPECT_FALSE(first.files);
    EXPECT_TRUE(complete({"search", "serve", ""}).files);
    EXPECT_FALSE(complete({"search", "serve", "a.yaml", ""}).files);
}

TEST(Complete, OptionsAndTheirValues) {
    EXPECT_THAT(complete({"wait", "--t"}).words, ElementsAre("--timeout"));
    EXPECT_THAT(complete({"wait", "--he"}).words, ElementsAre("--help"));
    EXPECT_THAT(complete({"trace", "-o", ""}).words,
                ElementsAre("table", "wide", "json", "dot", "mermaid"));
    EXPECT_THAT(complete({"wait", "--timeout", ""}).words, IsEmpty());
    EXPECT_TRUE(complete({"run", "-f", ""}).files);
    EXPECT_FALSE(complete({"logs", "-f", ""}).files);
    EXPECT_TRUE(complete({"lock", "-o", ""}).files);
    EXPECT_TRUE(complete({"lock", ""}).files);
    EXPECT_THAT(complete({"lock", "--format", ""}).words, ElementsAre("table", "json"));
    EXPECT_THAT(complete({"get", "--"}).words, Contains("--selector"));
    EXPECT_THAT(complete({"get", "--"}).words, Not(Contains("-A")));
}

TEST(Complete, AValueMayBeJoinedToItsOption) {
    EXPECT_THAT(complete({"wait", "a-1", "--for=condition=Fi"}).words,
                ElementsAre("--for=condition=Finished"));
    EXPECT_THAT(complete({"get", "--output=w"}).words, ElementsAre("--output=wide"));
    EXPECT_THAT(complete({"get", "--all-namespaces=t"}).words, IsEmpty());
}

TEST(Complete, FindsTheNamespaceAmongTheWords) {
    EXPECT_EQ(namespace_in({"get", "-n", "vision", ""}), "vision");
    EXPECT_EQ(namespace_in({"get", "--namespace=vision", ""}), "vision");
    EXPECT_EQ(namespace_in({"get", "-n", "vis"}), "");
    EXPECT_EQ(namespace_in({"get", ""}), "");
}

TEST(Complete, EveryShellHasItsScript) {
    EXPECT_THAT(completed_shells(), ElementsAre("bash", "zsh", "fish", "kubectl"));
    for (const std::string& shell : completed_shells()) {
        EXPECT_THAT(completion_script(shell), HasSubstr("__complete")) << shell;
    }
    EXPECT_EQ(completion_script("tcsh"), "");
}

// bash itself completes the line with our script; a function stands in for the program and answers
// with the lines given, after noting the words it was asked with.
std::string completed_by_bash(const std::string& line, const std::string& answer) {
    const Scratch scratch;
    const std::string script = completion_script("bash") +
                               "pedigree() { printf '<%s>' \"$@\" >asked; printf '%s\\n' " +
                               answer + "; }\nCOMP_LINE='" + line +
                               "'; COMP_POINT=${#COMP_LINE}; _pedigree; cat asked; "
                               "printf '[%s]' \"${COMPREPLY[@]}\"";
    ProcessRequest request;
    request.argv = {"/bin/bash", "--norc", "-c", script};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.working_directory = scratch.path();
    const auto done = run_process(request);
    return done ? done->output : done.error().message;
}

TEST(CompleteInBash, WordsWithEqualSignsStayWhole) {
    EXPECT_EQ(completed_by_bash("pedigree wait a-1 --for condition=Fi", "condition=Finished :4"),
              "<__complete><wait><a-1><--for><condition=Fi>[Finished]");
    EXPECT_EQ(completed_by_bash("pedigree wait --for=condition=Fi", "--for=condition=Finished :4"),
              "<__complete><wait><--for=condition=Fi>[Finished]");
}

TEST(CompleteInBash, ABlankBeginsANewWord) {
    EXPECT_EQ(completed_by_bash("pedigree get ", "mnist-1 mnist-2 :4"),
              "<__complete><get><>[mnist-1][mnist-2]");
}

} // namespace
} // namespace pedigree::cli
