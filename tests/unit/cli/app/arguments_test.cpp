#include "cli/app/arguments.h"

#include <filesystem>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>

#include "base/file.h"
#include "cli/commands/table.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// A command with one of everything.
struct Taken {
    std::vector<std::string> names;
    bool all = false;
    std::vector<std::string> changes;
    std::string project;
    std::optional<std::int64_t> limit;
    Format format = Format::Table;
};

void describe(Taken& taken, Syntax& syntax) {
    syntax.values("names", taken.names, "NAME", "Names");
    syntax.flag("-A,--all", taken.all, "All").never_with("--project");
    syntax.values("--set", taken.changes, "NAME=VALUE", "Changes");
    syntax.value("--project", taken.project, "NAME", "Project");
    syntax.number("--limit", taken.limit, "Limit", 1);
    syntax.format(taken.format, {Format::Wide, Format::Json});
    syntax.check([&taken] {
        return taken.names.size() < 3 ? Status() : failure(ErrorCode::InvalidInput, "two at most");
    });
}

Taken seen;

Result<ExitCode> perform(const Taken& taken, const Context&) {
    seen = taken;
    return ExitCode::Ok;
}

Parsed parse(const std::vector<std::string>& words) {
    return parse_arguments("pedigree", words,
                           {define_command({"take", "takes", "  {} take one"}, describe, perform)});
}

// What the command gets of a line.
Taken taken_from(const std::vector<std::string>& words) {
    const Parsed parsed = parse(words);
    EXPECT_TRUE(parsed.invocation) << parsed.text;
    FakeCluster fake;
    seen = {};
    if (parsed.invocation) {
        EXPECT_TRUE(parsed.invocation->command.perform({fake.terminal, {}, nullptr}));
    }
    return seen;
}

TEST(Arguments, ReachTheOptionsOfTheCommand) {
    const Taken taken = taken_from(
        {"take", "a", "b", "-A", "--set", "x=1", "--set", "y=2", "--limit", "7", "-o", "json"});
    EXPECT_THAT(taken.names, ElementsAre("a", "b"));
    EXPECT_TRUE(taken.all);
    EXPECT_THAT(taken.changes, ElementsAre("x=1", "y=2"));
    EXPECT_EQ(taken.limit, 7);
    EXPECT_EQ(taken.format, Format::Json);
}

TEST(Arguments, ARepeatedOptionTakesOneValueEachTime) {
    EXPECT_THAT(taken_from({"take", "--set", "x=1", "a"}).names, ElementsAre("a"));
}

TEST(Arguments, WhatIsNotGivenKeepsItsDefault) {
    const Taken taken = taken_from({"take"});
    EXPECT_EQ(taken.format, Format::Wide); // the first of those it takes
    EXPECT_EQ(taken.limit, std::nullopt);
    EXPECT_FALSE(taken.all);
}

TEST(Arguments, CommonOptionsStandBeforeAndBehindTheCommand) {
    const auto common = [](const std::vector<std::string>& words) {
        return parse(words).invocation->common;
    };
    EXPECT_EQ(common({"-n", "vision", "take"}).cluster.name_space, "vision");
    EXPECT_EQ(common({"take", "--context", "dev"}).cluster.context, "dev");
    EXPECT_EQ(common({"take", "--color=always"}).colour, ColourMode::Always);
}

TEST(Arguments, AWrongLineIsAUsageErrorThatSaysWhatIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{}, "name a command"},
        {{"take", "--limit", "0"}, "\"0\" is no whole number of at least 1"},
        {{"take", "--limit", "7x"}, "--limit: \"7x\" is no whole number"},
        {{"take", "-o", "xml"}, "--output: \"xml\" is none of wide, json"},
        {{"take", "-o", "jsn"}, "did you mean \"json\"?"},
        {{"take", "-A", "--project", "a"}, "--project"},
        {{"take", "a", "b", "c"}, "two at most"},
        {{"take", "--lmit", "7"}, "there is no option --lmit; did you mean \"--limit\"?"},
        {{"take", "--contxt=dev"}, "there is no option --contxt; did you mean \"--context\"?"},
        {{"tkae"}, "there is no command \"tkae\"; did you mean \"take\"?"},
        {{"fly", "--to", "moon"}, "there is no command \"fly\""},
        {{"hlep"}, "did you mean \"help\"?"}};
    for (const auto& [words, what] : wrong) {
        const Parsed result = parse(words);
        EXPECT_FALSE(result.invocation) << what;
        EXPECT_EQ(result.code, ExitCode::Usage);
        EXPECT_THAT(result.text,
                    AllOf(StartsWith("error: "), HasSubstr(what), HasSubstr("--help\"\n")));
    }
}

TEST(Arguments, AWrongLineNamesTheHelpOfItsCommand) {
    EXPECT_THAT(parse({"take", "--fast"}).text, HasSubstr("see \"pedigree take --help\""));
    EXPECT_THAT(parse({"fly"}).text, HasSubstr("see \"pedigree --help\""));
}

TEST(Arguments, TheCommandsRefuseWhatTheyCannotTake) {
    const std::vector<std::vector<std::string>> wrong{
        {"run"},
        {"get", "--fast"},
        {"trace"},
        {"trace", "exp/a-1", "-o", "yaml"},
        {"trace", "exp/a-1", "--as-of", "-1"},
        {"wait", "a-1", "--timeout", "soon"},
        {"logs"},
        {"logs", "a-1", "--latest"},
        {"logs", "a-1", "--attempt", "0"},
        {"compare", "a-1"},
        {"run", "-f", "a.yaml", "--dirty", "--commit", std::string(40, 'a')},
        {"search", "explain", "a.yaml"},
        {"search", "simulate", "a.yaml", "--to", "hparams"},
        {"plan", "-f", "a.yaml"},
        {"completion", "tcsh"}};
    for (const auto& words : wrong) {
        EXPECT_EQ(parse_arguments("pedigree", words, all_commands()).code, ExitCode::Usage)
            << testing::PrintToString(words);
    }
}

TEST(Arguments, HelpBeginsWithTheCommandAsItWasCalled) {
    const auto text = [](std::string_view program, const std::vector<std::string>& words) {
        const Parsed help = parse_arguments(program, words, all_commands());
        EXPECT_EQ(help.code, ExitCode::Ok);
        return help.text;
    };
    EXPECT_THAT(text("/usr/bin/pedigree", {"--help"}), StartsWith("pedigree: "));
    EXPECT_THAT(text("/usr/bin/kubectl-pedigree", {"--help"}), StartsWith("kubectl pedigree: "));
    const std::string trace = text("kubectl-pedigree", {"trace", "-h"});
    EXPECT_THAT(trace, StartsWith("kubectl pedigree trace: "));
    EXPECT_THAT(trace, HasSubstr("kubectl pedigree trace exp/mnist-1"));
    EXPECT_EQ(text("kubectl-pedigree", {"help", "trace"}), trace);
    EXPECT_EQ(text("pedigree", {"help"}), text("pedigree", {"--help"}));
}

TEST(Arguments, TheVersionIsAnOptionToo) {
    const Parsed version = parse({"--version"});
    EXPECT_EQ(version.code, ExitCode::Ok);
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"version", "--client"}));
    EXPECT_EQ(version.text, fake.out.str());
}

TEST(Arguments, WhatPeopleAskEveryDayTakesOneCommand) {
    std::istringstream page(*read_file(checkout_path("docs/cli/tasks.md")));
    std::size_t tasks = 0;
    for (std::string row; std::getline(page, row);) {
        const std::string begin = "| `pedigree ";
        const std::size_t at = row.find(begin);
        if (at == std::string::npos) {
            continue;
        }
        std::istringstream line(row.substr(at + begin.size(), row.rfind('`') - at - begin.size()));
        const std::vector<std::string> words(std::istream_iterator<std::string>(line), {});
        const Parsed parsed = parse_arguments("pedigree", words, all_commands());
        EXPECT_TRUE(parsed.invocation) << row << "\n" << parsed.text;
        ++tasks;
    }
    EXPECT_GE(tasks, 20U);
}

// Its own, and the long ones of all commands.
std::vector<std::string> options_of(const Command& command) {
    std::vector<std::string> names;
    for (const Parameter& parameter : command.syntax.parameters()) {
        for (const std::string& name : parameter.option_names()) {
            names.push_back(name);
        }
    }
    CommonOptions unused;
    const Syntax common = common_syntax(unused);
    for (const Parameter& parameter : common.parameters()) {
        names.push_back(parameter.option_names().back());
    }
    return names;
}

TEST(Arguments, EveryCommandHasItsPageAndItsOptionsStandThere) {
    const std::filesystem::path pages = checkout_path("docs/cli");
    const auto overview = read_file(pages / "README.md");
    for (const Command& command : all_commands()) {
        const std::string& name = command.texts.name;
        const auto text = read_file(pages / (name + ".md"));
        ASSERT_TRUE(text) << name;
        EXPECT_THAT(*overview,
                    HasSubstr(fmt::format("| [{0}]({0}.md) | {1} |", name, command.texts.summary)));
        for (const std::string& option : options_of(command)) {
            EXPECT_THAT(*text, HasSubstr("`" + option)) << name;
        }
        for (const Parameter& parameter : command.syntax.parameters()) {
            for (const std::string& word :
                 parameter.only_words ? parameter.words : std::vector<std::string>{}) {
                EXPECT_THAT(*text, HasSubstr(word)) << name << " " << parameter.names;
            }
        }
    }
}

} // namespace
} // namespace pedigree::cli
