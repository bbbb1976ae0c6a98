// The rows of a search through PostgresHistory against a real PostgreSQL: what goes in comes back.
#include <cmath>
#include <limits>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"
#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Instant search_noon = *parse_instant("2026-01-31T12:00:00.123456Z");
const std::string odd = "quote ' \" backslash \\ percent % brace { \n\t \xc3\xa9 \xf0\x9f\xa7\xac "
                        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d e\xcc\x81 \\u0000 $1 ";
const std::string spec_json = R"({"search":{"objective":{"goal":"Maximize","metric":"score"}}})";

auto fields(const experiment::TrialRow& row) {
    return std::tie(row.number, row.state, row.parameters_json, row.reason_json, row.repeats,
                    row.derived_from, row.fingerprint, row.reused_from, row.stop_reason, row.value,
                    row.failure_class, row.failure_reason, row.message, row.proposed_at,
                    row.ended_at);
}

// No two fields alike, so that none is taken for another.
experiment::TrialRow full_trial() {
    return {.number = 1,
            .state = experiment::TrialState::Stopped,
            .parameters_json = R"({"lr":0.1})",
            .reason_json = R"({"proposedBy":"Sobol"})",
            .repeats = 2,
            .derived_from = 3,
            .fingerprint = "sha256:f",
            .reused_from = "uid/7",
            .stop_reason = "Median",
            .value = MetricValue(-1.5e-300),
            .failure_class = FailureClass::UserCode,
            .failure_reason = "NotFinite",
            .message = "stopped early",
            .proposed_at = search_noon,
            .ended_at = search_noon + std::chrono::microseconds(1)};
}

class SearchRowsTest : public OperatorStateTest {
  protected:
    static experiment::ExperimentRow experiment(const std::string& uid) {
        experiment::ExperimentRow row;
        row.uid = uid;
        row.name_space = "vision";
        row.name = uid + "-name";
        row.project = "mnist";
        row.spec_json = spec_json;
        row.accepted_at = search_noon;
        row.max_trials = 10;
        row.best_trial = 1;
        row.best_value = MetricValue(0.5);
        return row;
    }
    void commit(const std::string& uid, const experiment::Change& change) {
        const Status status = state.commit(uid, change, {}, search_noon);
        ASSERT_TRUE(status) << status.error().message;
    }
    void accept(const experiment::ExperimentRow& row, std::vector<std::string> events = {}) {
        commit(row.uid, {.experiment = row, .search_events = std::move(events)});
    }
    experiment::History load(const std::string& uid) { return *state.load(uid); }
    std::string earlier(const std::string& goal = "Maximize") {
        return *state.earlier_searches({"vision", "mnist", "score", goal});
    }
    void tell_progress(const std::string& pod_uid, const std::string& document) {
        auto transaction = *database.writer.begin();
        ASSERT_TRUE(transaction.execute("INSERT INTO progress (pod_uid, document, updated_at) "
                                        "VALUES ($1, $2, $3)",
                                        {pod_uid, document, search_noon}));
        ASSERT_TRUE(transaction.commit());
    }
};

TEST_F(SearchRowsTest, OddTextsComeBackAsTheyWent) {
    accept(experiment("a"));
    experiment::TrialRow row = full_trial();
    row.message = odd + std::string(1'000'000, 'x');
    row.parameters_json = canonical_json(Json{{odd, odd}});
    row.failure_reason = odd;
    row.reason_json = row.reused_from = row.stop_reason = "";
    row.value = MetricValue();
    row.failure_class = FailureClass::None;
    row.repeats = std::numeric_limits<std::int64_t>::max();
    row.ended_at.reset();
    commit("a", {.trials = {row}});
    EXPECT_EQ(fields(load("a").trials.at(0)), fields(row));
}

TEST_F(SearchRowsTest, EveryStateComesBackAndTrialsComeByNumber) {
    accept(experiment("a"));
    const std::vector<experiment::TrialState> states{
        experiment::TrialState::Running, experiment::TrialState::Completed,
        experiment::TrialState::Stopped, experiment::TrialState::Failed};
    experiment::Change change;
    for (std::size_t i = states.size(); i > 0; --i) {
        experiment::TrialRow row = full_trial();
        row.number = static_cast<std::int64_t>(i);
        row.state = states[i - 1];
        change.trials.push_back(row);
    }
    commit("a", change);
    const auto trials = load("a").trials;
    ASSERT_THAT(trials, SizeIs(4));
    for (std::size_t i = 0; i < states.size(); ++i) {
        EXPECT_EQ(trials[i].number, static_cast<std::int64_t>(i + 1));
        EXPECT_EQ(trials[i].state, states[i]);
    }
}

TEST_F(SearchRowsTest, WhatWasProposedStaysAndWhatItCameToIsReplaced) {
    accept(experiment("a"));
    experiment::TrialRow proposed = full_trial();
    proposed.state = experiment::TrialState::Running;
    proposed.reused_from = proposed.stop_reason = "";
    proposed.value = MetricValue();
    proposed.failure_class = FailureClass::None;
    proposed.failure_reason = proposed.message = "";
    proposed.ended_at.reset();
    commit("a", {.trials = {proposed}});
    experiment::TrialRow other = full_trial();
    other.parameters_json = other.reason_json = "{}";
    other.fingerprint = "sha256:other";
    other.repeats = other.derived_from = 9;
    other.proposed_at = search_noon + std::chrono::hours(1);
    commit("a", {.trials = {other}});
    EXPECT_EQ(fields(load("a").trials.at(0)), fields(full_trial()));
}

TEST_F(SearchRowsTest, EventsComeBackInOrderWithEveryValue) {
    const double infinite = std::numeric_limits<double>::infinity();
    const std::vector<search::Event> events{
        search::Asked{
            1, {{odd, odd}, {"flag", true}, {"count", std::int64_t{-3}}, {"lr", 1e-9}}, {}},
        search::Reported{1, 0, std::nan("")},
        search::Reported{1, 1, infinite},
        search::Reported{1, 2, -infinite},
        search::Reported{1, 3, std::numeric_limits<double>::denorm_min()},
        search::Told{1, search::Outcome::Stopped, 0.1 + 0.2, ""},
        search::Asked{2, {}, 1},
        search::Told{2, search::Outcome::Failed, 0, "OutOfMemory"}};
    std::vector<std::string> lines;
    for (const search::Event& event : events) {
        lines.push_back(canonical_json(search::to_json(event)));
    }
    accept(experiment("a"), lines);
    const auto loaded = load("a").search_events;
    EXPECT_EQ(loaded, lines);
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        const auto event = search::event_from(*parse_json(loaded[i]));
        ASSERT_TRUE(event) << event.error().message;
        EXPECT_EQ(canonical_json(search::to_json(*event)), lines[i]);
    }
    EXPECT_THAT(*state.search_events("a", 2), ElementsAre(lines[0], lines[1]));
    EXPECT_THAT(*state.search_events("a", 0), IsEmpty());
    EXPECT_THAT(*state.search_events("unheard of", 2), IsEmpty());
}

TEST_F(SearchRowsTest, MoreThanNineEventsStayInOrder) {
    std::vector<std::string> lines;
    for (int i = 0; i < 120; ++i) {
        lines.push_back(std::to_string(i));
    }
    accept(experiment("a"), lines);
    EXPECT_EQ(load("a").search_events, lines);
}

TEST_F(SearchRowsTest, ARepeatedCommitIsHarmlessAndAnotherOneIsRefusedWhole) {
    accept(experiment("a"), {"one", "two"});
    const experiment::Change repeated{.search_events = {"two", "three"}, .search_events_before = 1};
    commit("a", repeated);
    commit("a", repeated);
    const Status other = state.commit(
        "a",
        {.trials = {full_trial()}, .search_events = {"else", "four"}, .search_events_before = 2},
        {}, search_noon);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Unavailable);
    EXPECT_THAT(load("a").search_events, ElementsAre("one", "two", "three"));
    EXPECT_THAT(load("a").trials, IsEmpty());
}

TEST_F(SearchRowsTest, ALaterLookSeesWhatCameBehind) {
    PostgresHistory other{database.writer, epoch};
    accept(experiment("a"), {"one"});
    EXPECT_THAT(other.load("a")->search_events, ElementsAre("one"));
    EXPECT_THAT(other.load("a")->search_events, ElementsAre("one"));
    commit("a", {.search_events = {"two", "three"}, .search_events_before = 1});
    EXPECT_THAT(other.load("a")->search_events, ElementsAre("one", "two", "three"));
    EXPECT_THAT(other.load("a")->search_events, ElementsAre("one", "two", "three"));
}

TEST_F(SearchRowsTest, EventsAreReadAnewAfterTheDatabaseWasPutBack) {
    accept(experiment("a"), {"one", "two", "three"});
    EXPECT_THAT(load("a").search_events, SizeIs(3));
    const auto put_back = [&](const std::string& sql) {
        auto transaction = *database.owner.begin();
        ASSERT_TRUE(transaction.execute(sql));
        ASSERT_TRUE(transaction.commit());
    };
    put_back("DELETE FROM search_event WHERE ordinal > 1");
    EXPECT_THAT(load("a").search_events, ElementsAre("one"));
    commit("a", {.search_events = {"other", "else"}, .search_events_before = 1});
    EXPECT_THAT(load("a").search_events, ElementsAre("one", "other", "else"));
    put_back("UPDATE search_event SET event = 'changed' WHERE ordinal = 3");
    EXPECT_THAT(load("a").search_events, ElementsAre("one", "other", "changed"));
    put_back("DELETE FROM search_event");
    EXPECT_THAT(load("a").search_events, IsEmpty());
}

TEST_F(SearchRowsTest, TheNewestSearchesOfTheProjectWithTheSameObjectiveAreEarlier) {
    const auto add = [&](const std::string& uid, const auto& change) {
        experiment::ExperimentRow row = experiment(uid);
        change(row);
        accept(row, {"one", "two"});
    };
    add("namespace", [](experiment::ExperimentRow& row) { row.name_space = "speech"; });
    add("project", [](experiment::ExperimentRow& row) { row.project = "cifar"; });
    add("valueless", [](experiment::ExperimentRow& row) { row.best_trial = 0; });
    add("metric", [](experiment::ExperimentRow& row) {
        row.spec_json = R"({"search":{"objective":{"goal":"Maximize","metric":"loss"}}})";
    });
    add("training", [](experiment::ExperimentRow& row) { row.spec_json = "{}"; });
    EXPECT_EQ(earlier(), "[]");
    for (int i = 1; i <= 6; ++i) {
        add("s" + std::to_string(i), [&](experiment::ExperimentRow& row) {
            row.accepted_at = search_noon + std::chrono::hours(i);
        });
    }
    const Json list = *parse_json(earlier());
    ASSERT_THAT(list, SizeIs(earlier_searches_max));
    EXPECT_EQ(list[0], (Json{{"experiment", "s6"}, {"events", 2}}));
    EXPECT_EQ(list[4]["experiment"], "s2");
    EXPECT_EQ(earlier("Minimize"), "[]");
}

TEST_F(SearchRowsTest, TheNewestCompletedTrialThatRanItselfAnswersForItsLike) {
    accept(experiment("a"));
    const auto add = [&](std::int64_t number, experiment::TrialState trial_state,
                         const std::string& reused_from, int hours) {
        experiment::TrialRow row = full_trial();
        row.number = number;
        row.state = trial_state;
        row.reused_from = reused_from;
        row.value = MetricValue(static_cast<double>(number));
        row.ended_at = search_noon + std::chrono::hours(hours);
        commit("a", {.trials = {row}});
    };
    EXPECT_FALSE(*state.find_trial("sha256:f"));
    add(1, experiment::TrialState::Completed, "", 1);
    add(2, experiment::TrialState::Completed, "", 3);
    add(3, experiment::TrialState::Completed, "", 2);
    add(4, experiment::TrialState::Completed, "uid/7", 4);
    add(5, experiment::TrialState::Stopped, "", 5);
    const auto same = *state.find_trial("sha256:f");
    ASSERT_TRUE(same);
    EXPECT_EQ(std::tie(same->experiment_uid, same->trial, same->value),
              std::make_tuple("a", 2, MetricValue(2)));
    EXPECT_FALSE(*state.find_trial("sha256:g"));
}

TEST_F(SearchRowsTest, PointsOfTheObjectiveAreReadAndWhatIsNoneIsLeftOut) {
    tell_progress("p", R"([{"kind":"Metric","points":[[9,"9"]]},
        {"kind":"Objective","points":[[0,"0.5"],[1,"NaN"],[2,"-Infinity"],["3","1"],[4,1],[5.5,"1"],
                                      [6],"seven",null,[8,"1e3"]]},
        7, {"kind":"Objective"}])");
    tell_progress("empty", "[]");
    const auto points = *state.objective_points({"p", "empty", "unheard of"});
    const auto& known = points.at("p");
    ASSERT_THAT(known, SizeIs(4));
    EXPECT_EQ(known[0].value.number(), 0.5);
    EXPECT_TRUE(std::isnan(known[1].value.number()));
    EXPECT_EQ(known[2].value.number(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(std::pair(known[3].step, known[3].value.number()), std::pair(std::int64_t{8}, 1e3));
    EXPECT_THAT(points.at("empty"), IsEmpty());
    EXPECT_THAT(points.at("unheard of"), IsEmpty());
}

} // namespace
} // namespace pedigree::control
