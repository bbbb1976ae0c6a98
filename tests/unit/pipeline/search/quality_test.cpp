// That the models lead anywhere: on random smooth functions they find better points than chance
// does, with running and failing trials too. bench/search measures how much.

#include <algorithm>

#include <gtest/gtest.h>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/model/simulated_objective.h"
#include "pipeline/search/sample/philox.h"

namespace pedigree::search {
namespace {

Study mixed_study(AlgorithmName name, std::int64_t seed) {
    Study study;
    for (const char* text : {"a", "b", "c"}) {
        Dimension& dimension = study.space.dimensions.emplace_back();
        dimension.name = text;
    }
    Dimension& category = study.space.dimensions.emplace_back();
    category.name = "d";
    category.type = DimensionType::Categorical;
    category.values = {std::string("x"), std::string("y"), std::string("z")};
    study.algorithm = {name, seed};
    study.max_trials = 30;
    study.objective.goal = Goal::Maximize;
    return study;
}

struct Circumstances {
    std::size_t workers = 1;
    double failing_above = 1; // of the parameter "a"
};

// The share of random points that are better than the best trial's.
double better_share(AlgorithmName name, std::int64_t seed, Circumstances circumstances) {
    const Study study = mixed_study(name, seed);
    const SimulatedObjective objective(study.space, seed);
    Search search(study);
    std::vector<std::int64_t> running;
    for (;;) {
        for (const Suggestion& each : search.suggest(circumstances.workers - running.size())) {
            EXPECT_TRUE(search.apply(asked_from(each)));
            running.push_back(each.trial);
        }
        if (running.empty()) {
            break;
        }
        const std::int64_t trial = running.front();
        running.erase(running.begin());
        const Parameters& parameters = search.trials().find(trial)->parameters;
        const bool fails = *number_of(parameters.at("a")) > circumstances.failing_above;
        EXPECT_TRUE(
            search.apply(fails ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                               : Told{trial, Outcome::Completed, objective.value(parameters), ""}));
    }
    const double best = objective.value(search.best()->parameters);
    const auto sample = objective.sample(2000);
    return static_cast<double>(std::count_if(sample.begin(), sample.end(),
                                             [&](double value) { return value > best; })) /
           2000;
}

// Over some functions, of which a few are too rough for any model.
double median_share(AlgorithmName name, Circumstances circumstances) {
    std::vector<double> shares;
    for (int seed = 0; seed < 11; ++seed) {
        shares.push_back(better_share(name, seed, circumstances));
    }
    std::sort(shares.begin(), shares.end());
    return shares[shares.size() / 2];
}

TEST(Quality, ModelsFindWhatChanceDoesNot) {
    const double random = median_share(AlgorithmName::Random, {});
    EXPECT_LT(median_share(AlgorithmName::Bayesian, {}), 0.3 * random);
    EXPECT_LT(median_share(AlgorithmName::Tpe, {}), 0.8 * random);
}

TEST(Quality, RunningTrialsCostLittle) {
    const double random = median_share(AlgorithmName::Random, {});
    EXPECT_LT(median_share(AlgorithmName::Bayesian, {.workers = 4}), 0.4 * random);
}

TEST(Quality, RegionsThatFailAreLearnt) {
    const Study study = mixed_study(AlgorithmName::Bayesian, 1);
    const SimulatedObjective objective(study.space, 1);
    Search search(study);
    int failed = 0;
    for (std::int64_t trial = 1; trial <= 30; ++trial) {
        const auto suggestions = search.suggest(1);
        ASSERT_EQ(suggestions.size(), 1);
        ASSERT_TRUE(search.apply(asked_from(suggestions[0])));
        const bool fails = *number_of(suggestions[0].parameters.at("a")) > 0.5;
        failed += fails && trial > 15 ? 1 : 0;
        ASSERT_TRUE(search.apply(fails ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                                       : Told{trial, Outcome::Completed,
                                              objective.value(suggestions[0].parameters), ""}));
    }
    EXPECT_LE(failed, 5); // of 15; chance would have 7.5
}

TEST(Quality, UnderNoiseTheBestIsEvaluatedAgainAndMarked) {
    Study study = mixed_study(AlgorithmName::Bayesian, 3);
    study.max_trials = 60;
    const SimulatedObjective objective(study.space, 3);
    Search search(study);
    Stream noise(1, 1, Purpose::Random);
    int repetitions = 0;
    for (std::int64_t trial = 1; trial <= 60; ++trial) {
        const Suggestion suggestion = search.suggest(1).at(0);
        if (suggestion.repeats) {
            ++repetitions;
            EXPECT_EQ(suggestion.reason.proposed_by, "Repeat");
            EXPECT_EQ(suggestion.parameters, search.trials().find(*suggestion.repeats)->parameters);
        }
        ASSERT_TRUE(search.apply(asked_from(suggestion)));
        const double value = objective.value(suggestion.parameters) + 3 * noise.uniform();
        ASSERT_TRUE(search.apply(Told{trial, Outcome::Completed, value, ""}));
    }
    EXPECT_GT(repetitions, 0);
    EXPECT_LE(repetitions, 7); // a tenth of the trials before each
}

// A coin decides, and all points differ: only the same point again shows that it was the coin. (A
// few coins fall as if there were a rule.)
TEST(Quality, AModelThatForetellsNothingHasItsBestTrialRepeated) {
    int searches_with_repetitions = 0;
    for (int seed = 0; seed < 10; ++seed) {
        const Study study = mixed_study(AlgorithmName::Bayesian, seed);
        Search search(study);
        Stream coin(seed, 1, Purpose::Random);
        int repetitions = 0;
        for (std::int64_t trial = 1; trial <= 16; ++trial) {
            const Suggestion suggestion = search.suggest(1).at(0);
            repetitions += suggestion.repeats ? 1 : 0;
            ASSERT_TRUE(search.apply(asked_from(suggestion)));
            ASSERT_TRUE(search.apply(
                Told{trial, Outcome::Completed, coin.uniform() < 0.5 ? 1.0 : 0.0, ""}));
        }
        searches_with_repetitions += repetitions > 0 ? 1 : 0;
    }
    EXPECT_GE(searches_with_repetitions, 6);
}

// Where a trial was stopped is no reason to think less of one beside it that has finished.
TEST(Quality, StoppedTrialsDoNotSayWhichFinishedOneIsBest) {
    Study study;
    study.space.dimensions.emplace_back().name = "x";
    study.objective.goal = Goal::Minimize;
    study.max_trials = 30;
    Search search(study);
    const auto tell = [&](double x, Outcome outcome, double value) {
        const auto trial = static_cast<std::int64_t>(search.trials().all().size()) + 1;
        ASSERT_TRUE(search.apply(Asked{trial, {{"x", x}}, {}}));
        ASSERT_TRUE(search.apply(Told{trial, outcome, value, ""}));
    };
    for (const double x : {0.1, 0.3, 0.5}) {
        tell(x, Outcome::Completed, 0.9 + x / 100);
    }
    tell(0.8, Outcome::Completed, 0.8);
    for (const double x : {0.77, 0.78, 0.79, 0.81, 0.82, 0.83}) {
        tell(x, Outcome::Stopped, 0.95);
    }
    EXPECT_EQ(search.best()->trial, 4);
}

} // namespace
} // namespace pedigree::search
