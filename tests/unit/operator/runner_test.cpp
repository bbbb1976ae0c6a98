// A try of an activity against a worker that answers what the test says: what the row holds after it.
#include "operator/activity/runner.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_build_memory.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_history.h"
#include "tests/fakes/sample.h"

namespace pedigree::control {
namespace {

using experiment::ActivityState;
using records::work::WorkFailure;
using testing::HasSubstr;
using testing::Not;

struct ScriptedWorker final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest&, const Json&,
                           const std::function<void(const records::work::Progress&)>& on_progress,
                           std::stop_token) override {
        ++runs;
        on_progress({.stage = "Working", .message = progress});
        return answer;
    }
    Result<WorkAnswer> answer = WorkAnswer(Json(to_json(sample::resolved())));
    std::string progress = "half way";
    int runs = 0;
};

class RunnerTest : public testing::Test {
  protected:
    RunnerTest() {
        for (const Json& secret : sample::secrets()) {
            api_.put(k8s::secrets, secret);
        }
        experiment::Change change;
        change.experiment = experiment::ExperimentRow{};
        change.experiment->uid = sample::experiment_uid;
        change.experiment->name_space = sample::name_space;
        change.experiment->name = sample::name;
        change.experiment->spec_json = canonical_json(sample::experiment()["spec"]);
        change.wanted = {experiment::resolve_activity};
        EXPECT_TRUE(histories_.commit(sample::experiment_uid, change, {}, clock_.now()));
    }

    const experiment::ActivityRow& row() const {
        return histories_.histories()
            .at(sample::experiment_uid)
            .activities.at(experiment::resolve_activity);
    }
    ActivityRunner::Again try_once() {
        return runner_.try_once({sample::experiment_uid, sample::name_space, sample::name, row()},
                                {});
    }
    // Until its row is final.
    void try_to_the_end(int tries_max) {
        for (int tries = 0; tries < tries_max; ++tries) {
            const auto again = try_once();
            if (!again) {
                return;
            }
            clock_.advance(*again);
        }
        FAIL() << "no end after " << tries_max << " tries";
    }
    void worker_fails(WorkFailure failed) { worker_.answer = WorkAnswer(std::move(failed)); }

    FakeClock clock_;
    FakeApi api_{clock_};
    FakeHistory histories_;
    FakeBuildMemory memory_;
    ScriptedWorker worker_;
    const spec::Configuration configuration_ = sample::configuration();
    const InputMaker inputs_{{histories_, memory_, api_, configuration_, {}}};
    std::string shown_; // the last progress
    ActivityRunner runner_{{histories_, memory_, worker_, api_, inputs_, clock_},
                           [this](const PendingActivity& activity) {
                               const std::string words =
                                   runner_.progress_of(activity.experiment_uid, activity.row.key);
                               shown_ = words.empty() ? shown_ : words;
                           }};
};

TEST_F(RunnerTest, AnOutcomeIsARow) {
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Succeeded);
    EXPECT_EQ(row().outcome_json, canonical_json(to_json(sample::resolved())));
}

TEST_F(RunnerTest, AWorkerThatIsAwayIsAskedUntilTheDeadline) {
    worker_.answer = failure(ErrorCode::Unavailable, "the worker is away");
    try_to_the_end(100); // pauses of a minute at most, 30 minutes
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, "Deadline");
    EXPECT_GT(worker_.runs, 20);
}

TEST_F(RunnerTest, AnAnswerThatIsTooLargeIsNotFetchedAgain) {
    worker_.answer = failure(ErrorCode::TooLarge, "the worker's answer is too large");
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, "Infrastructure");
}

TEST_F(RunnerTest, WorkThatKillsItsProcessIsGivenUp) {
    WorkFailure death{"Infrastructure", "WorkerInterrupted", "signal 6"};
    death.died = true;
    worker_fails(death);
    try_to_the_end(10);
    EXPECT_EQ(worker_.runs, deaths_max);
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().reason, "WorkPoisoned");
}

// An API server that is away while Secrets are read had no deadline.
TEST_F(RunnerTest, AnOrderThatCannotBeMadeHasADeadlineToo) {
    api_.fault = [](FaultPoint, const std::string&) -> Status {
        return failure(ErrorCode::Unavailable, "the API server is away");
    };
    try_to_the_end(100);
    EXPECT_EQ(row().failure_class, "Deadline");
    EXPECT_EQ(worker_.runs, 0);
}

TEST_F(RunnerTest, AnOutcomeThatTheDatabaseRefusesEnds) {
    bool refused = false;
    histories_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (point == FaultPoint::Before && call == "finish_activity" && !refused) {
            refused = true;
            return failure(ErrorCode::InvalidInput, "PostgreSQL: invalid byte sequence");
        }
        return {};
    };
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, "Infrastructure");
    EXPECT_EQ(row().reason, "OutcomeRefused");
    EXPECT_THAT(row().message, HasSubstr("invalid byte sequence"));
}

// A row of which the database wants to know nothing is not tried every minute for ever.
TEST_F(RunnerTest, ARowThatCannotBeKeptIsLetGo) {
    histories_.fault = [&](FaultPoint, const std::string& call) -> Status {
        return call == "finish_activity" ? failure(ErrorCode::InvalidInput, "no such Experiment")
                                         : Status();
    };
    EXPECT_FALSE(try_once());
}

const std::string hostile("cut \xc3\0 NUL \x1b[2J \u202e\xff", 20);

TEST_F(RunnerTest, WhatOthersWroteIsCleanInTheRow) {
    worker_fails({"Configuration", hostile, hostile + std::string(100'000, 'x')});
    EXPECT_FALSE(try_once());
    for (const std::string& text : {row().reason, row().message}) {
        EXPECT_TRUE(is_utf8(text));
        EXPECT_THAT(text, Not(HasSubstr(std::string(1, '\0'))));
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
        EXPECT_LE(text.size(), 4000U);
    }
}

TEST_F(RunnerTest, ProgressIsCleanToo) {
    worker_.progress = hostile;
    EXPECT_FALSE(try_once());
    EXPECT_TRUE(is_utf8(shown_));
    EXPECT_THAT(shown_, HasSubstr("\\x00"));
    EXPECT_THAT(shown_, Not(HasSubstr("\x1b")));
}

TEST_F(RunnerTest, ANulInAnOutcomeReachesNoRow) {
    Json outcome = to_json(sample::resolved());
    outcome["subject"] = std::string("a\0b", 3);
    outcome["missing"] = Json::array({std::string("\0", 1)});
    worker_.answer = WorkAnswer(outcome);
    EXPECT_FALSE(try_once());
    EXPECT_THAT(row().outcome_json, Not(HasSubstr("u0000")));
    EXPECT_THAT(row().outcome_json, HasSubstr("\"subject\":\"a"));
}

} // namespace
} // namespace pedigree::control
