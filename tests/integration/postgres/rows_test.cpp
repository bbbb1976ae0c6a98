// The rows of an Experiment through PostgreSQL, field by field. fields() names each field of a row
// by its place: a new one does not compile here until it is counted, and then has to come back.

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/storage/tables.h"
#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

using experiment::ActivityRow;
using experiment::AttemptRow;
using experiment::ExperimentRow;
using experiment::TrialRow;
using testing::HasSubstr;

const Instant exact_noon = *parse_instant("2026-01-31T12:00:00.123456Z");

auto fields(ExperimentRow& row) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc,
           dd, ee, ff, gg] = row;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
                    aa, bb, cc, dd, ee, ff, gg);
}
auto fields(AttemptRow& row) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb] =
        row;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
                    aa, bb);
}
auto fields(TrialRow& row) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = row;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
}
// Without the progress, which lives in the runner's memory, and the nonce, which the store draws.
auto fields(ActivityRow& row) {
    auto& [key, nonce, b, c, d, e, f, g, h, i, j, progress] = row; // the key is asked for
    (void)key;
    (void)nonce;
    (void)progress;
    return std::tie(b, c, d, e, f, g, h, i, j);
}

// Another value for each number, none of them the default.
void fill(std::string& field, int number) {
    field = "text-" + std::to_string(number);
}
void fill(std::int64_t& field, int number) {
    field = number;
}
void fill(MetricValue& field, int number) {
    field = MetricValue(number + 0.5);
}
void fill(bool& field, int) {
    field = true;
}
void fill(Instant& field, int number) {
    field = exact_noon + std::chrono::microseconds(number);
}
template <typename T>
void fill(std::optional<T>& field, int number) {
    fill(field.emplace(), number);
}
template <Worded Enum>
void fill(Enum& field, int number) {
    const auto rows = words_of(Enum{}).rows();
    field = rows[1 + static_cast<std::size_t>(number) % (rows.size() - 1)].value;
}

// How the row comes back after it was written. Nothing is shared with another test.
template <typename Row>
using Keep = std::function<Row(const Row&)>;

// Each field alone beside `key`, so that no field is taken for another, then all together.
template <typename Row>
void expect_fields_come_back(const Row& key, const Keep<Row>& keep) {
    const auto expect_back = [&](Row row) {
        Row back = keep(row);
        EXPECT_EQ(fields(back), fields(row));
    };
    const auto fill_one = [&](Row& row, std::size_t place) {
        std::size_t i = 0;
        std::apply(
            [&](auto&... field) {
                ((i++ == place ? fill(field, static_cast<int>(place) + 2) : void()), ...);
            },
            fields(row));
    };
    constexpr std::size_t count = std::tuple_size_v<decltype(fields(std::declval<Row&>()))>;
    Row full = key;
    for (std::size_t place = 0; place < count; ++place) {
        SCOPED_TRACE("field " + std::to_string(place));
        Row row = key;
        fill_one(row, place);
        expect_back(row);
        fill_one(full, place);
    }
    expect_back(full);
}

class RowsTest : public OperatorStateTest {
  protected:
    static ExperimentRow experiment_row() {
        ExperimentRow row;
        row.uid = "uid";
        row.accepted_at = exact_noon;
        row.max_trials = 1; // with a search: its trials are read
        return row;
    }
    void commit(const std::string& uid, const experiment::Change& change) {
        const Status status = state.commit(uid, change, {}, exact_noon);
        ASSERT_TRUE(status) << status.error().message;
    }
    void as_owner(const std::string& sql) {
        auto transaction = *database.owner.begin();
        const auto done = transaction.execute(sql);
        ASSERT_TRUE(done) << done.error().message;
        ASSERT_TRUE(transaction.commit());
    }
    void clear() {
        for (const char* table : {"activity", "attempt", "trial", "experiment"}) {
            as_owner("DELETE FROM " + std::string(table));
        }
        commit("uid", {.experiment = experiment_row()});
    }

    // Each column of an enum holds a word that nobody knows.
    template <typename Row, typename... Values>
    void expect_unknown_words_refused(const Table<Row, Values...>& table, const Row& row) {
        std::apply(
            [&](const auto&... column) { (expect_unknown_word_refused(table, column, row), ...); },
            table.columns);
    }
    template <typename Table, typename Row, typename Value>
    void expect_unknown_word_refused(const Table& table, const Column<Row, Value>& column,
                                     const Row& row) {
        if constexpr (Worded<Value>) {
            const std::string name(column.name);
            as_owner("UPDATE " + std::string(table.name) + " SET " + name + " = 'Unheard'");
            const auto history = state.load("uid");
            ASSERT_FALSE(history) << table.name << "." << name;
            EXPECT_EQ(history.error().code, ErrorCode::Corrupt);
            EXPECT_THAT(history.error().message, HasSubstr(name));
            EXPECT_THAT(history.error().message, HasSubstr("Unheard"));
            as_owner("UPDATE " + std::string(table.name) + " SET " + name + " = '" +
                     std::string(to_string(row.*column.member)) + "'");
            ASSERT_TRUE(state.load("uid"));
        }
    }
    // So that nothing but the reading guards them.
    void drop_checks() {
        as_owner("ALTER TABLE experiment DROP CONSTRAINT experiment_outcome_check");
        as_owner("ALTER TABLE activity DROP CONSTRAINT activity_state_check");
        as_owner("ALTER TABLE trial DROP CONSTRAINT trial_state_check");
    }
};

TEST_F(RowsTest, EachFieldOfAnExperimentComesBack) {
    expect_fields_come_back<ExperimentRow>(experiment_row(), [&](const ExperimentRow& row) {
        as_owner("DELETE FROM experiment");
        commit(row.uid, {.experiment = row});
        return state.load(row.uid)->experiment.value_or(ExperimentRow());
    });
}

TEST_F(RowsTest, EachFieldOfAnAttemptComesBack) {
    expect_fields_come_back<AttemptRow>({}, [&](const AttemptRow& row) {
        clear();
        commit("uid", {.attempts = {row}});
        return state.load("uid")->attempts.at(0);
    });
}

TEST_F(RowsTest, EachFieldOfATrialComesBack) {
    expect_fields_come_back<TrialRow>({.proposed_at = exact_noon}, [&](const TrialRow& row) {
        clear();
        commit("uid", {.trials = {row}});
        return state.load("uid")->trials.at(0);
    });
}

TEST_F(RowsTest, EachFieldOfAnActivityComesBack) {
    const ActivityRow key{.key = experiment::resolve_activity, .wanted_at = exact_noon};
    expect_fields_come_back<ActivityRow>(key, [&](const ActivityRow& row) {
        clear();
        EXPECT_TRUE(state.finish_activity("uid", row));
        return state.load("uid")->activities.at(row.key);
    });
}

TEST_F(RowsTest, AnOpenIntentComesBackUntilItIsClosed) {
    clear();
    commit("uid",
           {.intents = {{"job.create", "job-1", true}, {"job.create", "job-2", true, "nonce"}}});
    commit("uid", {.intents = {{"job.create", "job-1", false}}});
    const auto intents = state.load("uid")->intents;
    ASSERT_EQ(intents.size(), 1U);
    EXPECT_EQ(intents[0].target, "job-2");
    EXPECT_TRUE(intents[0].open);
    EXPECT_EQ(intents[0].nonce, "nonce");
}

// What was accepted or planned is written once; what it came to is replaced.
TEST_F(RowsTest, WhatWasAskedStaysAndWhatItCameToIsReplaced) {
    ExperimentRow first = experiment_row();
    first.spec_json = first.project = first.earlier_searches = "first";
    commit("uid", {.experiment = first});
    ExperimentRow second = first;
    second.spec_json = second.project = second.earlier_searches = "second";
    second.message = "new";
    commit("uid", {.experiment = second});
    const ExperimentRow kept = *state.load("uid")->experiment;
    EXPECT_EQ(kept.spec_json + kept.project + kept.earlier_searches, "firstfirstfirst");
    EXPECT_EQ(kept.message, "new");

    AttemptRow planned{.memory = "1Gi", .planned_at = exact_noon};
    commit("uid", {.attempts = {planned}});
    AttemptRow ended{.memory = "2Gi", .exit_code = 3, .planned_at = std::nullopt};
    commit("uid", {.attempts = {ended}});
    const AttemptRow attempt = state.load("uid")->attempts.at(0);
    EXPECT_EQ(attempt.memory, "1Gi");
    EXPECT_EQ(attempt.planned_at, exact_noon);
    EXPECT_EQ(attempt.exit_code, 3);
}

// An outcome that nobody knows is not "none yet", and an activity's state not "do it again".
TEST_F(RowsTest, AnUnknownWordIsCorrupt) {
    clear();
    const AttemptRow attempt;
    const TrialRow trial{.proposed_at = exact_noon};
    const ActivityRow activity{.key = experiment::resolve_activity, .wanted_at = exact_noon};
    commit("uid", {.attempts = {attempt}, .trials = {trial}});
    ASSERT_TRUE(state.finish_activity("uid", activity));
    drop_checks();
    expect_unknown_words_refused(experiments_table, experiment_row());
    expect_unknown_words_refused(attempts_table, attempt);
    expect_unknown_words_refused(trials_table, trial);
    expect_unknown_words_refused(activities_table, activity);
}

// One Experiment whose rows cannot be read keeps no other from going on after a restart.
TEST_F(RowsTest, WhatCannotBeReadSpoilsOnlyItsOwnExperiment) {
    clear();
    ExperimentRow other = experiment_row();
    other.uid = "other";
    commit("uid", {.wanted = {experiment::resolve_activity}});
    commit("other", {.experiment = other, .wanted = {experiment::resolve_activity}});
    ASSERT_EQ(state.pending_activities()->size(), 2U);
    as_owner("UPDATE activity SET key = 'Unheard/source' WHERE experiment_uid = 'uid'");
    const auto pending = state.pending_activities();
    ASSERT_TRUE(pending) << pending.error().message;
    ASSERT_EQ(pending->size(), 1U);
    EXPECT_EQ(pending->front().experiment_uid, "other");
    EXPECT_EQ(state.load("uid").error().code, ErrorCode::Corrupt);
}

// What others made beside it in their own schemas is not what the operator reads or writes.
TEST_F(RowsTest, AnotherSchemasTablesAreNotMeant) {
    clear();
    as_owner("CREATE TABLE IF NOT EXISTS public.experiment (uid text, spec text)");
    as_owner("CREATE TABLE IF NOT EXISTS public.attempt (experiment_uid text)");
    as_owner("INSERT INTO public.experiment VALUES ('another', 'x')");
    commit("uid", {.attempts = {AttemptRow{.memory = "1Gi"}}});
    EXPECT_EQ(state.load("uid")->attempts.at(0).memory, "1Gi");
    EXPECT_FALSE(state.load("another")->experiment);
    as_owner("DROP TABLE public.experiment, public.attempt");
}

// Text that is none, however it came so far, is no reason to try for ever.
TEST_F(RowsTest, ACommitThatPostgresqlRefusesSaysThatItIsForEver) {
    clear();
    for (const std::string& text : {std::string("cut \xc3"), std::string("a\0b", 3)}) {
        AttemptRow attempt;
        attempt.message = text;
        const Status refused = state.commit("uid", {.attempts = {attempt}}, {}, exact_noon);
        ASSERT_FALSE(refused);
        EXPECT_EQ(prospect_of(refused.error().code), Prospect::Permanent)
            << refused.error().message;
        ActivityRow activity{.key = experiment::resolve_activity, .wanted_at = exact_noon};
        activity.message = text;
        const Status unkept = state.finish_activity("uid", activity);
        ASSERT_FALSE(unkept);
        EXPECT_EQ(prospect_of(unkept.error().code), Prospect::Permanent);
    }
}

TEST_F(RowsTest, AnAccountOfAnAttemptThatIsOverIsNotMoved) {
    clear();
    AttemptRow attempt{.stage = experiment::AttemptStage::Told};
    const ActivityRow collected{.key = experiment::collect_activity(1, 1),
                                .state = experiment::ActivityState::Succeeded,
                                .outcome_json = "{}",
                                .wanted_at = exact_noon};
    commit("uid", {.attempts = {attempt}});
    ASSERT_TRUE(state.finish_activity("uid", collected));
    EXPECT_EQ(state.load("uid")->activities.at(collected.key).outcome_json, "{}");
    attempt.stage = experiment::AttemptStage::Released;
    commit("uid", {.attempts = {attempt}});
    EXPECT_EQ(state.load("uid")->activities.at(collected.key).outcome_json, "");
}

} // namespace
} // namespace pedigree::control
