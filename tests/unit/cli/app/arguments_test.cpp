#include "cli/app/arguments.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "base/file.h"
#include "cli/app/subcommands.h"

namespace pedigree::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Invocation parsed(const std::vector<std::string>& arguments) {
    const Parsed result = parse_arguments("pedigree", arguments);
    EXPECT_TRUE(result.invocation) << result.text;
    return result.invocation.value_or(Invocation{});
}

TEST(Arguments, RunTakesEverythingThatChangesAnExecution) {
    const Invocation invocation =
        parsed({"run", "-f", "mnist.yaml", "--set", "parameters.train.epochs=4", "--set", "seed=7",
                "--project", "digits", "--follow", "-n", "vision", "-o", "json"});
    const auto& run = std::get<RunOptions>(invocation.command);
    EXPECT_EQ(run.file, "mnist.yaml");
    EXPECT_THAT(run.changes.assignments, ElementsAre("parameters.train.epochs=4", "seed=7"));
    EXPECT_EQ(run.changes.project, "digits");
    EXPECT_EQ(run.follow, Follow::Yes);
    EXPECT_EQ(run.format, Format::Json);
    EXPECT_EQ(invocation.cluster.in_namespace, "vision");
}

TEST(Arguments, CommonOptionsStandBeforeAndBehindTheCommand) {
    EXPECT_EQ(parsed({"-n", "vision", "get"}).cluster.in_namespace, "vision");
    EXPECT_EQ(parsed({"get", "--context", "dev"}).cluster.context, "dev");
    EXPECT_EQ(parsed({"get", "--color=always"}).colour, ColourMode::Always);
}

TEST(Arguments, GetTakesNamesAndFilters) {
    const Invocation invocation = parsed({"get", "mnist-1", "mnist-2", "-A", "-o", "wide"});
    const auto& get = std::get<GetOptions>(invocation.command);
    EXPECT_THAT(get.names, ElementsAre("mnist-1", "mnist-2"));
    EXPECT_TRUE(get.all_namespaces);
    EXPECT_EQ(get.format, Format::Wide);
    EXPECT_EQ(std::get<GetOptions>(parsed({"get"}).command).format, Format::Table);
}

TEST(Arguments, WaitReadsItsTimeout) {
    const Invocation invocation =
        parsed({"wait", "mnist-1", "--for=condition=ImageReady", "--timeout=1h30m"});
    const auto& wait = std::get<WaitOptions>(invocation.command);
    EXPECT_EQ(wait.what, "condition=ImageReady");
    EXPECT_EQ(wait.timeout, std::chrono::minutes(90));
    EXPECT_EQ(std::get<WaitOptions>(parsed({"wait", "a-1"}).command).what, "condition=Finished");
}

TEST(Arguments, TraceTellsNoPositionFromPositionZero) {
    EXPECT_EQ(std::get<TraceOptions>(parsed({"trace", "exp/a-1"}).command).as_of, std::nullopt);
    EXPECT_EQ(std::get<TraceOptions>(parsed({"trace", "exp/a-1", "--as-of", "0"}).command).as_of,
              0);
}

TEST(Arguments, LogsWantsAnExperimentOrTheLatest) {
    const auto options = std::get<LogsOptions>(parsed({"logs", "-f", "--latest"}).command);
    EXPECT_TRUE(options.latest);
    EXPECT_EQ(options.follow, Follow::Yes);
    EXPECT_EQ(parse_arguments("pedigree", {"logs"}).code, ExitCode::Usage);
    EXPECT_EQ(parse_arguments("pedigree", {"logs", "a-1", "--latest"}).code, ExitCode::Usage);
}

TEST(Arguments, AWrongLineIsAUsageErrorThatNamesTheHelp) {
    const std::vector<std::vector<std::string>> wrong{{},
                                                      {"fly"},
                                                      {"run"},
                                                      {"get", "--fast"},
                                                      {"get", "-o", "xml"},
                                                      {"trace"},
                                                      {"trace", "exp/a-1", "-o", "yaml"},
                                                      {"trace", "exp/a-1", "--as-of", "-1"},
                                                      {"wait", "a-1", "--timeout", "soon"},
                                                      {"logs", "a-1", "--attempt", "0"},
                                                      {"completion", "tcsh"}};
    for (const auto& arguments : wrong) {
        const Parsed result = parse_arguments("pedigree", arguments);
        EXPECT_FALSE(result.invocation);
        EXPECT_EQ(result.code, ExitCode::Usage);
        EXPECT_THAT(result.text, StartsWith("error: "));
        EXPECT_THAT(result.text, HasSubstr("pedigree --help"));
    }
}

TEST(Arguments, HelpBeginsWithTheCommandAsItWasCalled) {
    EXPECT_THAT(parse_arguments("/usr/bin/pedigree", {"--help"}).text, StartsWith("pedigree: "));
    EXPECT_THAT(parse_arguments("/usr/bin/kubectl-pedigree", {"--help"}).text,
                StartsWith("kubectl pedigree: "));
    const Parsed help = parse_arguments("kubectl-pedigree", {"trace", "-h"});
    EXPECT_EQ(help.code, ExitCode::Ok);
    EXPECT_THAT(help.text, StartsWith("kubectl pedigree trace: "));
    EXPECT_THAT(help.text, HasSubstr("kubectl pedigree trace exp/mnist-1"));
}

TEST(Arguments, CompletionWordsAreTakenAsTheyAre) {
    const Invocation invocation = parsed({"__complete", "get", "--", "-o", ""});
    EXPECT_THAT(std::get<CompleteOptions>(invocation.command).words,
                ElementsAre("get", "--", "-o", ""));
}

TEST(Arguments, EverySubcommandHasItsPageAndItsOptionsStandThere) {
    const std::filesystem::path pages = std::filesystem::path(PEDIGREE_SOURCE_DIR) / "docs/cli";
    for (const Subcommand& command : subcommands()) {
        const auto text = read_file(pages / (command.name + ".md"));
        ASSERT_TRUE(text) << command.name;
        for (const OptionName& option : options_of(command.name)) {
            if (option.name.starts_with("--")) {
                EXPECT_THAT(*text, HasSubstr("`" + option.name)) << command.name;
            }
        }
    }
}

} // namespace
} // namespace pedigree::cli
