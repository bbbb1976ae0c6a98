// A remembered engine says the same as a new one, whatever it was asked before.

#include "experiment/search/engine.h"

#include <random>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"
#include "tests/unit/experiment/search_life.h"

namespace pedigree::experiment {
namespace {

using testing::SizeIs;

std::string told(std::int64_t trial, double value) {
    return canonical_json(
        search::to_json(search::Event(search::Told{trial, search::Outcome::Completed, value, ""})));
}

class EngineTest : public testing::Test {
  protected:
    EngineTest() {
        Json search = search_of(12, 2);
        search["algorithm"] = {{"name", "Bayesian"}, {"seed", 3}};
        search["earlyStopping"] = {{"name", "Median"}, {"minSteps", 1}};
        Life life(search);
        for (std::int64_t number = 1; number <= 12; ++number) {
            life.scores[number] = "0." + std::to_string(10 + number * 7 % 12);
        }
        life.points = {{1, MetricValue(0.1)}, {2, MetricValue(0.2)}};
        run_to_the_end(life);
        study = *life.observation.study;
        study.max_trials = 20; // so that there is more to suggest
        lines = life.observation.history.search_events;
    }
    std::vector<std::string> first(std::size_t count) const {
        return {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count)};
    }
    static std::string said_by(search::Search& search) {
        Json all = Json::array();
        for (const search::Suggestion& suggestion : search.suggest(2)) {
            all.push_back({search::to_json(suggestion), search::to_json(suggestion.reason)});
        }
        const auto best = search.best();
        all.push_back(best ? search::to_json(*best) : Json());
        return canonical_json(all);
    }

    search::Study study;
    std::vector<std::string> lines;
};

TEST_F(EngineTest, SaysTheSameAfterAnyOtherQuestion) {
    ASSERT_THAT(lines, SizeIs(testing::Gt(40U)));
    Engine remembered;
    std::mt19937 random(5);
    for (int i = 0; i < 60; ++i) {
        const auto known = first(random() % (lines.size() + 1));
        const auto after = remembered.at(study, {}, known);
        ASSERT_TRUE(after) << after.error().message;
        Engine other;
        ASSERT_EQ(said_by(**after), said_by(**other.at(study, {}, known))) << i;
    }
}

TEST_F(EngineTest, ForgetsWhatWasForeseenAndCameOtherwise) {
    const auto known = first(lines.size() - 1); // the last one tells an end
    Engine engine;
    auto foreseen = known;
    foreseen.push_back(told(12, 0.9));
    ASSERT_TRUE(engine.at(study, {}, foreseen));
    auto otherwise = known;
    otherwise.push_back(told(12, 0.2));
    const auto search = engine.at(study, {}, otherwise);
    ASSERT_TRUE(search) << search.error().message;
    EXPECT_EQ((*search)->trials().all().back().value, 0.2);
    EXPECT_EQ((*engine.at(study, {}, known))->trials().all().back().state,
              search::TrialState::Running);
}

TEST_F(EngineTest, TakesANewNumberOfTrials) {
    Engine engine;
    ASSERT_TRUE(engine.at(study, {}, lines));
    study.max_trials = 12;
    EXPECT_THAT((*engine.at(study, {}, lines))->suggest(1), SizeIs(0));
}

TEST_F(EngineTest, RefusesEventsOfNoStudyEachTime) {
    Engine engine;
    auto broken = first(3);
    broken.push_back(told(99, 1));
    EXPECT_FALSE(engine.at(study, {}, broken));
    EXPECT_FALSE(engine.at(study, {}, broken));
    EXPECT_TRUE(engine.at(study, {}, first(3)));
}

} // namespace
} // namespace pedigree::experiment
