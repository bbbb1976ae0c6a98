// Warm start: earlier searches are said in the new space, believed as far as the new trials bear
// them out, and never keep a search from being replayed.

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/model/earlier_models.h"
#include "pipeline/search/model/simulated_objective.h"

namespace pedigree::search {
namespace {

Dimension numeric(std::string name, double minimum, double maximum) {
    Dimension dimension;
    dimension.name = std::move(name);
    dimension.minimum = minimum;
    dimension.maximum = maximum;
    return dimension;
}

Dimension categorical(std::string name, std::vector<ParameterValue> values) {
    Dimension dimension;
    dimension.name = std::move(name);
    dimension.type = values.size() == 1 ? DimensionType::Constant : DimensionType::Categorical;
    dimension.values = std::move(values);
    return dimension;
}

Study new_study(std::int64_t seed = 1) {
    Study study;
    study.space.dimensions = {numeric("a", 0, 1), numeric("b", 0, 1), numeric("c", 0, 1),
                              categorical("kind", {std::string("x"), std::string("y")})};
    study.algorithm.seed = seed;
    study.max_trials = 30;
    return study;
}

std::vector<Point> points_in(const Study& study, const std::vector<EarlierTrial>& trials) {
    const Encoding encoding(study.space);
    return points_of({trials}, encoding, study).points;
}

TEST(Earlier, ATrialCountsIfTheNewSpaceHasAPlaceForIt) {
    Study study = new_study();
    study.space.dimensions = {numeric("a", 0, 1), categorical("kind", {std::string("x")}),
                              numeric("late", 0, 4)};
    const Parameters whole{{"a", 0.25}, {"kind", std::string("x")}, {"late", 1.0}};
    Parameters more = whole;
    more["gone"] = 7.0;
    Parameters outside = whole;
    outside["a"] = 1.5;
    Parameters other = whole;
    other["kind"] = std::string("y");
    const Parameters without_constant{{"a", 0.25}, {"late", 1.0}};
    const Parameters without_number{{"a", 0.25}, {"kind", std::string("x")}};

    const Point expected{0.25, 0, 0.25};
    EXPECT_EQ(points_in(study, {{whole, 1}, {more, 1}, {without_constant, 1}}),
              (std::vector<Point>{expected, expected, expected}));
    EXPECT_TRUE(points_in(study, {{outside, 1}, {other, 1}, {without_number, 1}}).empty());
    study.first = {{"late", 1.0}};
    EXPECT_EQ(points_in(study, {{without_number, 1}}), (std::vector<Point>{expected}));
}

TEST(Earlier, AFailedTrialIsAsBadAsTheWorst) {
    const Study study = new_study();
    const Encoding encoding(study.space);
    const Parameters at{{"a", 0.1}, {"b", 0.1}, {"c", 0.1}, {"kind", std::string("x")}};
    const auto points = points_of({{{at, {}}, {at, 3}, {at, 5}}}, encoding, study);
    EXPECT_EQ(points.losses, (std::vector<double>{-3, -5, -3})); // Maximize
    EXPECT_TRUE(points_of({{{at, {}}}}, encoding, study).points.empty());
}

TEST(Earlier, OfAHistoryWhatHasEndedIsLeft) {
    Trials trials;
    for (std::int64_t number = 1; number <= 3; ++number) {
        ASSERT_TRUE(trials.apply(Asked{number, {{"a", 0.5}}, {}}));
    }
    ASSERT_TRUE(trials.apply(Told{3, Outcome::Completed, 7, ""}));
    ASSERT_TRUE(trials.apply(Told{1, Outcome::Failed, 0, "OutOfMemory"}));
    const EarlierStudy earlier = earlier_study(trials);
    ASSERT_EQ(earlier.trials.size(), 2);
    EXPECT_EQ(earlier.trials[0].value, 7);
    EXPECT_FALSE(earlier.trials[1].value);
}

// A search on a function that was run before, its values times `sign`.
EarlierStudy earlier_run(const Study& study, const SimulatedObjective& objective, double sign) {
    Study before = study;
    before.algorithm.seed += 100;
    Search search(before);
    for (std::int64_t trial = 1; trial <= 30; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        EXPECT_TRUE(search.apply(asked_from(suggestion)));
        const double value = sign * objective.value(suggestion.parameters);
        EXPECT_TRUE(search.apply(Told{trial, Outcome::Completed, value, ""}));
    }
    return earlier_study(search.trials());
}

double best_after(const Study& study, const SimulatedObjective& objective,
                  const std::vector<EarlierStudy>& earlier, std::int64_t trials) {
    Search search(study, earlier);
    for (std::int64_t trial = 1; trial <= trials; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        EXPECT_TRUE(search.apply(asked_from(suggestion)));
        EXPECT_TRUE(search.apply(
            Told{trial, Outcome::Completed, objective.value(suggestion.parameters), ""}));
    }
    return objective.value(search.best()->parameters);
}

TEST(Earlier, WhatIsBorneOutHelpsAndWhatMisleadsHarmsLittle) {
    double cold = 0;
    double same = 0;
    double reversed = 0;
    for (std::int64_t seed = 1; seed <= 12; ++seed) {
        const Study study = new_study(seed);
        const SimulatedObjective objective(study.space, seed);
        cold += best_after(study, objective, {}, 10);
        same += best_after(study, objective, {earlier_run(study, objective, 1)}, 10);
        reversed += best_after(study, objective, {earlier_run(study, objective, -1)}, 10);
    }
    EXPECT_GT(same, cold + 3); // values have variance 1, and twelve are added up
    EXPECT_GT(reversed, cold - 1);
}

TEST(Earlier, TrustFollowsTheTrials) {
    const Study study = new_study();
    const Encoding encoding(study.space);
    const Features features(encoding);
    const SimulatedObjective objective(study.space, 1);
    const EarlierModels models(features,
                               {points_of(earlier_run(study, objective, 1), encoding, study)});
    Stream stream(1, 1, Purpose::Random);
    std::vector<Row> rows;
    std::vector<double> alike;
    std::vector<double> reversed;
    for (int i = 0; i < 12; ++i) {
        const Point point = encoding.draw(stream);
        rows.push_back(features.row(point));
        alike.push_back(-objective.value(encoding.decode(point))); // a loss
        reversed.push_back(-alike.back());
    }
    EXPECT_GT(models.belief(rows, alike).trust, 0.5);
    EXPECT_LT(models.belief(rows, reversed).trust, -0.2);
    const std::vector<double> nothing(rows.size(), 0);
    EXPECT_LT(models.belief(rows, nothing).trust, 0.3);
}

std::string text_of(const std::vector<Suggestion>& suggestions) {
    std::string text;
    for (const Suggestion& each : suggestions) {
        text += canonical_json(to_json(each)) + canonical_json(to_json(each.reason)) + "\n";
    }
    return text;
}

TEST(Earlier, AReplayWithTheSameEarlierSearchesSaysTheSame) {
    const Study study = new_study(7);
    const SimulatedObjective objective(study.space, 7);
    const std::vector<EarlierStudy> earlier{earlier_run(study, objective, 1),
                                            earlier_run(study, objective, -1)};
    const Encoding encoding(study.space);
    Search search(study, earlier);
    History history;
    for (std::int64_t trial = 1; trial <= 20; ++trial) {
        const auto suggestions = search.suggest(3);
        ASSERT_EQ(text_of(*suggest(study, history, 3, earlier)), text_of(suggestions));
        ASSERT_TRUE(encoding.encode(suggestions[0].parameters));
        const double value = objective.value(suggestions[0].parameters);
        history.push_back(asked_from(suggestions[0]));
        history.push_back(trial % 5 == 0 ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                                         : Told{trial, Outcome::Completed, value, ""});
        ASSERT_TRUE(search.apply(history[history.size() - 2]));
        ASSERT_TRUE(search.apply(history.back()));
    }
    EXPECT_NE(text_of(*suggest(study, history, 3, earlier)), text_of(*suggest(study, history, 3)));
}

TEST(Earlier, TheFirstThreeAndEveryOtherOneBelongToTheSobolSequence) {
    int by_model = 0;
    for (std::int64_t seed = 1; seed <= 6; ++seed) {
        const Study study = new_study(seed);
        const SimulatedObjective objective(study.space, seed);
        Search search(study, {earlier_run(study, objective, 1)});
        for (std::int64_t trial = 1; trial <= 5; ++trial) {
            const Suggestion suggestion = search.suggest(1).at(0);
            const bool is_sobol = suggestion.reason.proposed_by == "Sobol";
            EXPECT_TRUE(is_sobol || trial == 5) << trial;
            EXPECT_EQ(suggestion.reason.numbers.contains("trust"), !is_sobol);
            by_model += is_sobol ? 0 : 1;
            ASSERT_TRUE(search.apply(asked_from(suggestion)));
            const double value = objective.value(suggestion.parameters);
            ASSERT_TRUE(search.apply(Told{trial, Outcome::Completed, value, ""}));
        }
    }
    EXPECT_GE(by_model, 4); // few trials may contradict by chance
}

TEST(Earlier, ForbiddenNowIsNotProposedAndTooFewTrialsTeachNothing) {
    Study study = new_study();
    const SimulatedObjective objective(study.space, 1);
    EarlierStudy before = earlier_run(study, objective, 1);
    study.space.forbidden = {{{"kind", {std::string("x")}}}};
    const Encoding encoding(study.space);
    Search search(study, {before});
    History history;
    for (std::int64_t trial = 1; trial <= 8; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        EXPECT_TRUE(encoding.is_allowed(*encoding.encode(suggestion.parameters)));
        history.push_back(asked_from(suggestion));
        ASSERT_TRUE(search.apply(history.back()));
        const double value = objective.value(suggestion.parameters);
        history.push_back(Told{trial, Outcome::Completed, value, ""});
        ASSERT_TRUE(search.apply(history.back()));
    }
    before.trials.resize(4);
    EXPECT_EQ(text_of(*suggest(study, history, 5, {before})), text_of(*suggest(study, history, 5)));
}

} // namespace
} // namespace pedigree::search
