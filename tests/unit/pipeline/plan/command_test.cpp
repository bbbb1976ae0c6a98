#include "pipeline/plan/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::plan {
namespace {

using testing::ElementsAre;
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
