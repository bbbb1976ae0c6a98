#include "pipeline/plan/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

spec::ExperimentSpec example() {
    spec::ExperimentSpec spec;
    spec.command = {"python", "train.py"};
    spec.parameters = {
        {"b.rate", 0.001}, {"a.size", std::int64_t{64}}, {"c", true}, {"d", "$(X) y"}};
    return spec;
}

TEST(CommandLine, AppendsArgumentsByParameterName) {
    auto spec = example();
    spec.parameters_as.arguments = {{"b.rate", "--rate"}, {"a.size", "-s"}, {"c", "--flag="}};
    EXPECT_THAT(command_line(spec),
                ElementsAre("python", "train.py", "-s", "64", "--rate", "0.001", "--flag=true"));
}

TEST(CommandLine, WritesSwitchesListsAndOverridesAsScriptsReadThem) {
    spec::ExperimentSpec spec;
    const auto line = [&](const std::string& option, spec::ParameterValue value) {
        spec.parameters = {{"p", std::move(value)}};
        spec.parameters_as.arguments = {{"p", option}};
        return command_line(spec);
    };
    EXPECT_THAT(line("--augment?", true), ElementsAre("--augment"));
    EXPECT_THAT(line("--augment?", false), IsEmpty());
    EXPECT_THAT(line("--on/--off", true), ElementsAre("--on"));
    EXPECT_THAT(line("--on/--off", false), ElementsAre("--off"));
    EXPECT_THAT(line("--layers...", std::string(" 64 64\t10 ")),
                ElementsAre("--layers", "64", "64", "10"));
    EXPECT_THAT(line("--layers...", std::string(" ")), IsEmpty());
    EXPECT_THAT(line("--layers...", std::int64_t{64}), ElementsAre("--layers", "64"));
    EXPECT_THAT(line("optimizer.lr=", 0.001), ElementsAre("optimizer.lr=0.001"));
    EXPECT_THAT(line("+db/mysql@x=", std::string("[1,2]")), ElementsAre("+db/mysql@x=[1,2]"));
    EXPECT_THAT(line("++debug=", true), ElementsAre("++debug=true"));
}

TEST(CommandLine, KeepsTextAsItIs) {
    auto spec = example();
    spec.parameters_as.arguments = {{"d", "--text"}};
    EXPECT_THAT(command_line(spec), ElementsAre("python", "train.py", "--text", "$(X) y"));
}

TEST(ParameterEnvironment, HoldsCanonicalTexts) {
    auto spec = example();
    spec.parameters_as.environment = {{"b.rate", "RATE"}, {"c", "FLAG"}, {"gone", "GONE"}};
    EXPECT_THAT(parameter_environment(spec),
                ElementsAre(Pair("FLAG", "true"), Pair("RATE", "0.001")));
}

} // namespace
} // namespace pedigree::plan
