// Importance: the estimator against functions whose indices are known, then the model's view of a
// search whose objective is.

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/model/sensitivity.h"

namespace pedigree::search {
namespace {

using Points = std::vector<std::vector<double>>;

TEST(Sensitivity, OfIshigamisFunctionIsKnown) {
    // Ishigami and Homma (1990): sin x + 7 sin^2 y + 0.1 z^4 sin x on [-pi, pi]^3.
    const Sensitivity found = sensitivity(
        [](const Points& points) {
            std::vector<double> values;
            for (const auto& unit : points) {
                const double x = std::numbers::pi * (2 * unit[0] - 1);
                const double y = std::numbers::pi * (2 * unit[1] - 1);
                const double z = std::numbers::pi * (2 * unit[2] - 1);
                values.push_back(std::sin(x) + 7 * std::pow(std::sin(y), 2) +
                                 0.1 * std::pow(z, 4) * std::sin(x));
            }
            return values;
        },
        3, 4096);
    EXPECT_NEAR(found.variance, 13.8446, 0.2);
    const std::vector<double> first{0.3139, 0.4424, 0};
    const std::vector<double> total{0.5576, 0.4424, 0.2437};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(found.first[i], first[i], 0.02) << i;
        EXPECT_NEAR(found.total[i], total[i], 0.02) << i;
    }
}

TEST(Sensitivity, AConstantHasNone) {
    const Sensitivity found = sensitivity(
        [](const Points& points) { return std::vector<double>(points.size(), 3); }, 2, 64);
    EXPECT_EQ(found.first, (std::vector<double>{0, 0}));
    EXPECT_EQ(found.total, (std::vector<double>{0, 0}));
}

Study additive_study() {
    Study study;
    for (const char* name : {"idle", "weak", "strong"}) {
        study.space.dimensions.emplace_back().name = name;
    }
    Dimension& constant = study.space.dimensions.emplace_back();
    constant.name = "constant";
    constant.type = DimensionType::Constant;
    constant.values = {std::int64_t{3}};
    study.algorithm = {AlgorithmName::Sobol, 3};
    study.max_trials = 60;
    return study;
}

// 2 strong + weak: shares of 4 : 1.
Search searched(std::int64_t trials) {
    Search search(additive_study());
    for (std::int64_t trial = 1; trial <= trials; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        const auto at = [&](const char* name) {
            return *number_of(suggestion.parameters.at(name));
        };
        EXPECT_TRUE(search.apply(asked_from(suggestion)));
        EXPECT_TRUE(
            search.apply(Told{trial, Outcome::Completed, 2 * at("strong") + at("weak"), ""}));
    }
    return search;
}

TEST(Importance, FindsWhatAnAdditiveObjectiveIsMadeOf) {
    const auto found = searched(40).importance();
    ASSERT_EQ(found.size(), 3);
    const std::vector<std::pair<std::string, double>> expected{
        {"strong", 0.8}, {"weak", 0.2}, {"idle", 0}};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(found[i].parameter, expected[i].first);
        EXPECT_NEAR(found[i].share, expected[i].second, 0.03);
        EXPECT_NEAR(found[i].total, expected[i].second, 0.03);
        EXPECT_LT(found[i].spread, 0.03);
    }
}

TEST(Importance, SaysNothingOfFewTrials) {
    EXPECT_TRUE(searched(9).importance().empty());
    EXPECT_EQ(searched(10).importance().size(), 3);
}

TEST(Forecast, IsInTheObjectivesUnitsAndSurestWhereTrialsAre) {
    const Search search = searched(30);
    const Parameters known = search.trials().find(7)->parameters;
    const auto at_trial = search.predict(known);
    ASSERT_TRUE(at_trial) << at_trial.error().message;
    EXPECT_NEAR(at_trial->mean, search.trials().find(7)->value, 0.05);
    const auto corner = search.predict(
        {{"idle", 1.0}, {"weak", 1.0}, {"strong", 1.0}, {"constant", std::int64_t{3}}});
    ASSERT_TRUE(corner);
    EXPECT_NEAR(corner->mean, 3, 0.3);
    EXPECT_GT(corner->deviation, at_trial->deviation);
    EXPECT_EQ(corner->failure, 0);
}

TEST(Forecast, KnowsWhereTrialsFail) {
    Search search(additive_study());
    for (std::int64_t trial = 1; trial <= 40; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        const double strong = *number_of(suggestion.parameters.at("strong"));
        ASSERT_TRUE(search.apply(asked_from(suggestion)));
        ASSERT_TRUE(search.apply(strong > 0.5 ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                                              : Told{trial, Outcome::Completed, strong, ""}));
    }
    const auto failure_at = [&](double strong) {
        return search
            .predict(
                {{"idle", 0.5}, {"weak", 0.5}, {"strong", strong}, {"constant", std::int64_t{3}}})
            ->failure;
    };
    EXPECT_LT(failure_at(0.1), 0.2);
    EXPECT_GT(failure_at(0.9), 0.8);
}

TEST(Forecast, SaysWhatIsWrongWithACombination) {
    Study study = additive_study();
    study.space.dimensions[3].type = DimensionType::Categorical;
    study.space.dimensions[3].values = {std::int64_t{3}, std::int64_t{4}};
    study.space.dimensions[0].when = {{"constant", {std::int64_t{4}}}};
    study.space.forbidden = {{{"constant", {std::int64_t{3}}}}};
    const Search search(study);
    const ParameterValue three = std::int64_t{3};
    const auto error = [&](const Parameters& parameters) {
        return search.predict(parameters).error().message;
    };
    EXPECT_EQ(error({{"weak", 0.5}, {"constant", three}}), "parameter \"strong\" is missing");
    EXPECT_EQ(error({{"weak", 0.5}, {"strong", 2.0}, {"constant", three}}),
              "parameter \"strong\" cannot be 2.0");
    EXPECT_EQ(error({{"idle", 0.5}, {"weak", 0.5}, {"strong", 0.5}, {"constant", three}}),
              "parameter \"idle\" has no value here: its `when` does not hold");
    EXPECT_EQ(error({{"other", 0.5}, {"weak", 0.5}, {"strong", 0.5}, {"constant", three}}),
              "the space has no parameter \"other\"");
    EXPECT_EQ(error({{"weak", 0.5}, {"strong", 0.5}, {"constant", three}}),
              "the space's constraints forbid this combination");
    EXPECT_EQ(searched(1)
                  .predict({{"idle", 0.5}, {"weak", 0.5}, {"strong", 0.5}, {"constant", three}})
                  .error()
                  .message,
              "a prediction needs two trials with a value");
}

} // namespace
} // namespace pedigree::search
