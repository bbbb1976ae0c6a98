// The initial design: eight points of the Sobol sequence, whatever maxTrials says; fewer where the
// user gave the first trial's values, or an earlier search is believed. A search that another
// engine began goes on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/search/document/event_json.h"

namespace pedigree::search {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::Eq;

Study study_of(std::size_t dimensions, std::int64_t max_trials, AlgorithmName name) {
    Study study;
    for (std::size_t i = 0; i < dimensions; ++i) {
        Dimension dimension;
        dimension.name = "x" + std::to_string(i);
        dimension.type = DimensionType::Float;
        dimension.minimum = 0;
        dimension.maximum = 1;
        study.space.dimensions.push_back(dimension);
    }
    study.objective.goal = Goal::Minimize;
    study.algorithm = {name, 3};
    study.max_trials = max_trials;
    return study;
}

double bowl(const Parameters& parameters) {
    double sum = 0;
    for (const auto& [name, value] : parameters) {
        sum += (*number_of(value) - 0.3) * (*number_of(value) - 0.3);
    }
    return sum;
}

// Who proposed each of the first trials.
std::vector<std::string> proposed_by(Search search, std::size_t trials) {
    std::vector<std::string> words;
    while (words.size() < trials) {
        const auto suggestions = search.suggest(1);
        if (suggestions.empty()) {
            break;
        }
        words.push_back(suggestions[0].reason.proposed_by);
        EXPECT_TRUE(search.apply(asked_from(suggestions[0])));
        EXPECT_TRUE(search.apply(
            Told{suggestions[0].trial, Outcome::Completed, bowl(suggestions[0].parameters), ""}));
    }
    return words;
}

std::ptrdiff_t designed(const std::vector<std::string>& words) {
    return std::count_if(words.begin(), words.end(), [](const std::string& each) {
        return each == "Sobol" || each == "First";
    });
}

TEST(Design, EightPointsWhateverMaxTrialsSays) {
    for (const AlgorithmName name : {AlgorithmName::Bayesian, AlgorithmName::Tpe}) {
        for (const std::size_t dimensions : {1, 2, 5, 9}) {
            for (const std::int64_t max_trials : {12, 50, 1000}) {
                const auto words = proposed_by(Search(study_of(dimensions, max_trials, name)), 12);
                EXPECT_EQ(designed(words), 8) << dimensions << " of " << max_trials;
                EXPECT_THAT(std::vector(words.begin(), words.begin() + 8), Each(Eq("Sobol")));
            }
        }
    }
}

TEST(Design, ASearchOfFewerTrialsHasNoMore) {
    EXPECT_EQ(proposed_by(Search(study_of(3, 5, AlgorithmName::Bayesian)), 12).size(), 5);
}

TEST(Design, AnEarlierSearchThatHoldsMakesItShorter) {
    const Study study = study_of(4, 100, AlgorithmName::Bayesian);
    Search before(study);
    for (std::int64_t trial = 1; trial <= 30; ++trial) {
        const auto asked = asked_from(before.suggest(1)[0]);
        ASSERT_TRUE(before.apply(asked));
        ASSERT_TRUE(before.apply(Told{trial, Outcome::Completed, bowl(asked.parameters), ""}));
    }
    Study now = study;
    now.algorithm.seed = 4;
    const auto words = proposed_by(Search(now, {earlier_study(before.trials())}), 8);
    EXPECT_LT(designed(words), 8);
}

// What another engine asked for is in the events and stays: its ends are learnt from like others.
TEST(Design, ASearchThatAnotherEngineBeganGoesOn) {
    const Study study = study_of(9, 1000, AlgorithmName::Bayesian);
    Search sobol(study_of(9, 1000, AlgorithmName::Sobol));
    Search search(study);
    History history;
    for (std::int64_t trial = 1; trial <= 18; ++trial) { // as engine 4 began with nine dimensions
        const Asked asked = asked_from(sobol.suggest(1)[0]);
        ASSERT_TRUE(sobol.apply(asked));
        for (const Event& event :
             {Event(asked), Event(Told{trial, Outcome::Completed, bowl(asked.parameters), ""})}) {
            ASSERT_TRUE(search.apply(event));
            history.push_back(event);
        }
    }
    const auto next = search.suggest(2);
    ASSERT_EQ(next.size(), 2);
    EXPECT_EQ(next[0].trial, 19);
    EXPECT_EQ(next[0].reason.proposed_by, "LogExpectedImprovement");
    const auto again = *suggest(study, history, 2);
    EXPECT_EQ(again[0].parameters, next[0].parameters);
    EXPECT_EQ(again[1].parameters, next[1].parameters);
}

} // namespace
} // namespace pedigree::search
