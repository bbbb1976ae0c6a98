#include "pipeline/search/document/read_study.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/yaml.h"

namespace pedigree::search {
namespace {

using testing::HasSubstr;

const std::string frame = "objective: {metric: accuracy, goal: Maximize}\nmaxTrials: 10\n";

Json yaml(const std::string& text) {
    const auto document = spec::parse_yaml(text);
    EXPECT_TRUE(document) << document.error().message;
    return document.value_or(Json());
}

std::string errors_of(const std::string& rest) {
    return spec::to_text(validate_study(yaml(frame + rest), "spec.search"));
}

std::string errors_of_one(const std::string& dimension) {
    return errors_of("space: [{name: a, " + dimension + "}]");
}

TEST(ReadStudy, ReadsEverything) {
    const auto study = read_study(yaml(frame + R"(
space:
- {name: lr, type: Float, min: 0.0001, max: 0.1, scale: Log, prior: {type: LogNormal, mean: -6, deviation: 2}}
- {name: batch, type: Discrete, values: [128, 32, 64], weights: [3, 1, 2]}
- {name: optimizer, type: Categorical, values: [sgd, adam]}
- {name: momentum, type: Float, min: 0, max: 1, step: 0.1, when: {optimizer: sgd}}
- {name: flag, type: Bool}
- {name: epochs, type: Constant, value: 3}
constraints:
  linear: [{coefficients: {batch: 1, epochs: 2}, max: 100}]
  forbidden: [{optimizer: adam, batch: [32, 64]}]
algorithm: {name: Tpe, seed: 7}
parallelTrials: 3
maxFailedTrials: 2
earlyStopping: {name: Asha, minSteps: 2, threshold: 0.1, patience: 5}
)"));
    ASSERT_TRUE(study) << study.error().message;
    const auto& dimensions = study->space.dimensions;
    EXPECT_EQ(dimensions[0].prior.mean, -6);
    EXPECT_EQ(dimensions[1].values, (std::vector<ParameterValue>{32L, 64L, 128L}));
    EXPECT_EQ(dimensions[1].weights, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(dimensions[3].when[0].values, (std::vector<ParameterValue>{std::string("sgd")}));
    EXPECT_EQ(dimensions[4].values.size(), 2);
    EXPECT_EQ(study->space.linear[0].maximum, 100);
    EXPECT_EQ(study->space.forbidden[0].at("batch").size(), 2);
    EXPECT_EQ(study->algorithm.name, AlgorithmName::Tpe);
    EXPECT_EQ(study->max_failed_trials, 2);
    EXPECT_EQ(study->early_stopping.threshold, 0.1);
}

TEST(ReadStudy, TheDefaultIsBayesianOneAtATime) {
    const auto study = read_study(yaml(frame + "space: [{name: a, type: Bool}]"));
    ASSERT_TRUE(study);
    EXPECT_EQ(study->algorithm.name, AlgorithmName::Bayesian);
    EXPECT_EQ(study->parallel_trials, 1);
    EXPECT_EQ(study->early_stopping.name, StoppingName::None);
}

TEST(ReadStudy, SaysEachErrorWithItsPlace) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"type: Float, min: 2, max: 1", "spec.search.space[0].min: Invalid value: 2: must be less "
                                        "than max, 1 (E0203)"},
        {"type: Float, min: 1, max: 1", "must be less than max"},
        {"type: Float, min: 0, max: 1, scale: Log", "must be more than 0 with scale Log (E0204)"},
        {"type: Float, min: -1, max: 1, scale: ReverseLog", "(E0204)"},
        {"type: Float, min: 0.1, max: 1, scale: Logit", "space[0].max: Invalid value: 1: scale"},
        {"type: Float, max: 1", "space[0].min: Required value: a parameter of type Float needs it"},
        {"type: Float, min: 0, max: 1, step: 2", "must not be larger than the range, 1 (E0205)"},
        {"type: Float, min: 0, max: 1, step: -1", "space[0].step: Invalid value: -1: must be more"},
        {"type: Int, min: 0.5, max: 3", "must be a whole number with type Int (E0206)"},
        {"type: Int, min: 0, max: 3, values: [1]", "space[0].values: Forbidden: a parameter of "
                                                   "type Int has none"},
        {"type: Categorical, values: []", "space[0].values"},
        {"type: Categorical", "space[0].values: Required value"},
        {"type: Categorical, values: [a, b, a]", "space[0].values[2]: Duplicate value: \"a\""},
        {"type: Categorical, values: [1, 1.0]", "space[0].values[1]: Duplicate value"},
        {"type: Categorical, values: [1, b]", "all values must be of one type"},
        {"type: Categorical, values: [1, true]", "all values must be of one type"},
        {"type: Categorical, values: [[1]]", "space[0].values[0]: Invalid value: \"array\": must "
                                             "be a string, a number or a boolean (E0201)"},
        {"type: Discrete, values: [1, b]", "must be a number with type Discrete"},
        {"type: Discrete, values: [1, 2], weights: [1]", "must be as many as values, 2 (E0208)"},
        {"type: Discrete, values: [1, 2], weights: [0, 0]", "must add up to more than 0"},
        {"type: Float, min: 0, max: 1, prior: {type: Normal, deviation: 0}", "prior.deviation"},
        {"type: Bool, when: {b: 1}", "space[0].when.b: Not found: \"b\": is no parameter"},
        {"type: Bool, when: {a: true}", "its conditions lead back to itself (E0212)"},
        {"type: Bool, whenn: {a: 1}", "unknown field \"spec.search.space[0].whenn\""},
        {"type: Flaot, min: 0, max: 1", "Unsupported value: \"Flaot\""}};
    for (const auto& [dimension, words] : cases) {
        EXPECT_THAT(errors_of_one(dimension), HasSubstr(words)) << dimension;
    }
}

TEST(ReadStudy, SaysErrorsBetweenDimensions) {
    const std::string two = "space: [{name: momentum, type: Bool}, {name: b, type: Int, min: 1, "
                            "max: 9, when: {";
    EXPECT_THAT(errors_of(two + "momentun: true}}]"), HasSubstr("space[1].when.momentun"));
    EXPECT_EQ(validate_study(yaml(frame + two + "momentun: true}}]"))[0].help,
              "did you mean \"momentum\"?");
    EXPECT_THAT(errors_of(two + "momentum: 3}}]"), HasSubstr("is no value of \"momentum\""));
    EXPECT_THAT(errors_of("space: [{name: a, type: Bool, when: {b: true}}, "
                          "{name: b, type: Bool, when: {a: true}}]"),
                HasSubstr("lead back to itself"));
    EXPECT_THAT(errors_of("space: [{name: a, type: Bool}, {name: a, type: Bool}]"),
                HasSubstr("space[1].name: Duplicate value"));
    EXPECT_THAT(errors_of("space: [{name: a, type: Float, min: 0, max: 1}]\n"
                          "constraints: {forbidden: [{a: 0.5}]}"),
                HasSubstr("it takes no value twice"));
    EXPECT_THAT(errors_of("space: [{name: a, type: Float, min: 0, max: 1}]\n"
                          "constraints: {linear: [{coefficients: {a: 1}, max: -1}]}"),
                HasSubstr("no point of the space was found that they allow"));
    EXPECT_THAT(errors_of("space: [{name: a, type: Float, min: 0, max: 1}]\n"
                          "constraints: {linear: [{coefficients: {a: 1}}]}"),
                HasSubstr("constraints.linear[0]"));
}

TEST(ReadStudy, AGridIsFiniteAndNotTooLarge) {
    const std::string grid = "algorithm: {name: Grid}\nspace: [{name: a, type: Float, min: 0, ";
    EXPECT_THAT(errors_of(grid + "max: 1}]"), HasSubstr("needs a step for the Float \"a\""));
    EXPECT_THAT(errors_of(grid + "max: 1000000000, step: 1}]"),
                HasSubstr("the grid has more than 100000 points (E0214)"));
    EXPECT_EQ(errors_of(grid + "max: 1, step: 0.1}]"), "");
}

TEST(ReadStudy, FindsAllErrorsAtOnce) {
    const std::string errors = errors_of("space: [{name: a, type: Float, min: 2, max: 1}, "
                                         "{name: b, type: Categorical, values: [x, x]}]\n"
                                         "maxTrails: 3\nalgorithm: {name: Bayesian}");
    EXPECT_THAT(errors, HasSubstr("space[0].min"));
    EXPECT_THAT(errors, HasSubstr("space[1].values[1]"));
    EXPECT_THAT(errors, HasSubstr("maxTrails"));
}

TEST(WithFirst, TakesTheValuesThatTheSpaceKnows) {
    const auto study = read_study(yaml(frame + "space: [{name: a, type: Int, min: 1, max: 3}]"));
    const auto with = with_first(*study, {{"a", 2.0}, {"other", std::string("x")}});
    ASSERT_TRUE(with);
    EXPECT_EQ(with->first.size(), 1);
    EXPECT_THAT(with_first(*study, {{"a", std::int64_t{4}}}).error().message,
                HasSubstr("must lie in the search's space"));
}

} // namespace
} // namespace pedigree::search
