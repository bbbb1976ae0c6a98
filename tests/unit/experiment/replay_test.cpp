// A remembered replay says the same as a new one, whatever it was asked before.

#include "experiment/search/replay.h"

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

class ReplayTest : public testing::Test {
  protected:
    ReplayTest() {
        Json search = search_of(12, 2);
        search["algorithm"] = {{"name", "Bayesian"}, {"seed", 3}};
        search["earlyStopping"] = {{"name", "Median"}, {"minSteps", 1}};
        Life life(search);
        for (std::int64_t number = 1; number <= 12; ++number) {
            life.scores[number] = "0." + std::to_string(10 + number * 7 % 12);
        }
        life.points = {{1, "0.1"}, {2, "0.2"}};
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

TEST_F(ReplayTest, SaysTheSameAfterAnyOtherQuestion) {
    ASSERT_THAT(lines, SizeIs(testing::Gt(40U)));
    Replay remembered;
    std::mt19937 random(5);
    for (int i = 0; i < 60; ++i) {
        const auto known = first(random() % (lines.size() + 1));
        std::optional<std::string> next;
        if (known.size() < lines.size() && random() % 2 == 0) {
            next = lines[known.size()];
        }
        const auto after = remembered.at(study, {}, known, next);
        ASSERT_TRUE(after) << after.error().message;
        Replay other;
        ASSERT_EQ(said_by(**after), said_by(**other.at(study, {}, known, next))) << i;
    }
}

TEST_F(ReplayTest, ForgetsWhatWasForeseenAndCameOtherwise) {
    const auto known = first(lines.size() - 1); // the last one tells an end
    Replay replay;
    ASSERT_TRUE(replay.at(study, {}, known, told(12, 0.9)));
    auto otherwise = known;
    otherwise.push_back(told(12, 0.2));
    const auto search = replay.at(study, {}, otherwise);
    ASSERT_TRUE(search) << search.error().message;
    EXPECT_EQ((*search)->trials().all().back().value, 0.2);
    EXPECT_EQ((*replay.at(study, {}, known))->trials().all().back().state,
              search::TrialState::Running);
}

TEST_F(ReplayTest, TakesNoForeseenEventForAnother) {
    const auto known = first(lines.size() - 1);
    Replay replay;
    ASSERT_TRUE(replay.at(study, {}, known, told(12, 0.9)));
    const auto search = replay.at(study, {}, known, told(12, 0.2));
    ASSERT_TRUE(search) << search.error().message;
    EXPECT_EQ((*search)->trials().all().back().value, 0.2);
}

TEST_F(ReplayTest, TakesANewNumberOfTrials) {
    Replay replay;
    ASSERT_TRUE(replay.at(study, {}, lines));
    study.max_trials = 12;
    EXPECT_THAT((*replay.at(study, {}, lines))->suggest(1), SizeIs(0));
}

TEST_F(ReplayTest, RefusesEventsOfNoStudyEachTime) {
    Replay replay;
    auto broken = first(3);
    broken.push_back(told(99, 1));
    EXPECT_FALSE(replay.at(study, {}, broken));
    EXPECT_FALSE(replay.at(study, {}, broken));
    EXPECT_TRUE(replay.at(study, {}, first(3)));
}

} // namespace
} // namespace pedigree::experiment
