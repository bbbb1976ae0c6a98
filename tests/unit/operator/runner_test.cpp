// A try of an activity against a worker that answers what the test says: what the row holds then.
#include "operator/activity/runner.h"

#include <semaphore>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/pause.h"
#include "base/text.h"
#include "operator/auxiliary/wheel_build.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_build_memory.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_history.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"

namespace pedigree::control {
namespace {

using experiment::ActivityState;
using records::work::WorkFailure;
using testing::HasSubstr;
using testing::Not;

struct ScriptedWorker final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest&, const Json& input,
                           const std::function<void(const records::work::Progress&)>& on_progress,
                           std::stop_token) override {
        ++runs;
        asked = input;
        on_progress({.stage = "Working", .message = progress});
        return answer;
    }
    Result<WorkAnswer> answer = WorkAnswer(Json(to_json(sample::resolved())));
    std::string progress = "half way";
    Json asked; // the last input
    int runs = 0;
};

const std::vector<experiment::ActivityKey> every_kind{
    experiment::resolve_activity,       experiment::build_activity,
    experiment::imports_activity,       experiment::open_activity(0),
    experiment::close_activity(0),      experiment::tell_activity(1, 1),
    experiment::collect_activity(1, 1),
};

// An Experiment that wants an activity of each kind.
struct Bench {
    Bench() {
        for (const Json& secret : sample::secrets()) {
            api_.put(k8s::secrets, secret);
        }
        experiment::Change change;
        change.experiment = experiment::ExperimentRow{};
        change.experiment->uid = sample::experiment_uid;
        change.experiment->name_space = sample::name_space;
        change.experiment->name = sample::name;
        change.experiment->spec_json = canonical_json(sample::experiment()["spec"]);
        change.attempts = {experiment::AttemptRow{}};
        change.wanted = every_kind;
        EXPECT_TRUE(histories_.commit(sample::experiment_uid, change, {}, clock_.now()));
        mounted_.write("AWS_ACCESS_KEY_ID", "id");
        mounted_.write("AWS_SECRET_ACCESS_KEY", "store-key");
        mounted_.write("username", "pusher");
        mounted_.write("password", "push-password");
    }

    const experiment::ActivityRow& row() const {
        return histories_.histories().at(sample::experiment_uid).activities.at(key_);
    }
    ActivityRunner::Again try_once() {
        return runner_.try_once({sample::experiment_uid, sample::name_space, sample::name, row()},
                                {});
    }
    void build_succeeds() {
        experiment::ActivityRow built = histories_.histories()
                                            .at(sample::experiment_uid)
                                            .activities.at(experiment::build_activity);
        built.state = ActivityState::Succeeded;
        built.outcome_json = canonical_json(to_json(sample::built()));
        EXPECT_TRUE(histories_.finish_activity(sample::experiment_uid, built));
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

    experiment::ActivityKey key_ = experiment::resolve_activity; // what is tried
    const Scratch mounted_;
    FakeClock clock_;
    FakeApi api_{clock_};
    FakeHistory histories_;
    FakeBuildMemory memory_;
    ScriptedWorker worker_;
    const spec::Configuration configuration_ = sample::configuration();
    const InputMaker inputs_{{.histories = histories_,
                              .memory = memory_,
                              .api = api_,
                              .configuration = configuration_,
                              .credentials = {mounted_.path().string(), mounted_.path().string()}}};
    std::string shown_; // the last progress
    ActivityRunner runner_{{histories_, memory_, worker_, api_, inputs_, clock_},
                           [this](const PendingActivity& activity) {
                               const std::string words =
                                   runner_.progress_of(activity.experiment_uid, activity.row.key);
                               shown_ = words.empty() ? shown_ : words;
                           }};
};

class RunnerTest : public testing::Test, protected Bench {};

// Says that it began, and is at work until the runner ends.
struct SlowWorker final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest& request, const Json&,
                           const std::function<void(const records::work::Progress&)>&,
                           std::stop_token stop) override {
        (request.id.starts_with("small") ? small : big).release();
        pause_for(std::chrono::hours(1), stop);
        return failure(ErrorCode::Cancelled, "stopped");
    }
    std::counting_semaphore<> big{0}, small{0};
};

TEST(Runner, ManySlowActivitiesOfOneNamespaceLeaveAThreadToOthers) {
    constexpr std::chrono::seconds patience{60}; // used up only where it fails
    Bench bench;
    const auto wanted = [&](const std::string& uid, const std::string& name_space) {
        experiment::Change change;
        change.experiment = bench.histories_.histories().at(sample::experiment_uid).experiment;
        change.experiment->uid = uid;
        change.experiment->name_space = name_space;
        change.attempts = {experiment::AttemptRow{}};
        change.wanted = {experiment::collect_activity(1, 1)};
        EXPECT_TRUE(bench.histories_.commit(uid, change, {}, bench.clock_.now()));
        return PendingActivity{
            uid, name_space, uid, {.key = change.wanted[0], .wanted_at = bench.clock_.now()}};
    };
    const PendingActivity small = wanted("small", "speech");
    std::vector<PendingActivity> big;
    for (int i = 0; i < 50; ++i) {
        big.push_back(wanted("big-" + std::to_string(i), "vision"));
    }
    SlowWorker worker;
    ActivityRunner runner(
        {bench.histories_, bench.memory_, worker, bench.api_, bench.inputs_, bench.clock_},
        [](const PendingActivity&) {}, {.threads = 3});
    for (const PendingActivity& activity : big) {
        runner.begin(activity);
    }
    runner.start();
    ASSERT_TRUE(worker.big.try_acquire_for(patience) && worker.big.try_acquire_for(patience));
    runner.begin(small);
    EXPECT_TRUE(worker.small.try_acquire_for(patience));
}

// Whoever refuses, and however: no state of an activity lasts for ever.
TEST(Runner, EveryKindOfActivityEndsWithAReasonAfterEveryRefusal) {
    for (const experiment::ActivityKey& key : every_kind) {
        for (const auto& [code, word] : words_of(ErrorCode{}).rows()) {
            SCOPED_TRACE(key.text() + " " + std::string(word));
            Bench bench;
            bench.key_ = key;
            if (key == experiment::imports_activity) {
                bench.build_succeeds();
            }
            bench.api_.fault = [code = code](FaultPoint, const std::string&) -> Status {
                return failure(code, "refused");
            };
            bench.worker_.answer = failure(code, "refused");
            bench.try_to_the_end(4000);
            EXPECT_EQ(bench.row().state, ActivityState::Failed);
            EXPECT_NE(bench.row().failure_class, FailureClass::None);
            EXPECT_NE(bench.row().reason, "");
        }
    }
}

// Another Secret's value, which the same process has read, says nothing about anybody's words.
TEST_F(RunnerTest, ASecretsValueTakesNoWordsOutOfAMessage) {
    Json secret = sample::secrets().front();
    secret["data"]["password"] = to_base64("Experiment");
    secret["data"]["username"] = to_base64("RefNotFound");
    api_.put(k8s::secrets, secret);
    worker_fails({FailureClass::Configuration, "RefNotFound", "Experiment mnist: RefNotFound"});
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().message, "Experiment mnist: RefNotFound");
}

TEST_F(RunnerTest, AnOutcomeIsARow) {
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Succeeded);
    EXPECT_EQ(row().outcome_json, canonical_json(to_json(sample::resolved())));
}

TEST_F(RunnerTest, AWorkerThatIsAwayIsAskedUntilTheDeadline) {
    worker_.answer = failure(ErrorCode::Unavailable, "the worker is away");
    try_to_the_end(100); // pauses of a minute at most, 30 minutes
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, FailureClass::Deadline);
    EXPECT_GT(worker_.runs, 20);
}

TEST_F(RunnerTest, AnAnswerThatIsTooLargeIsNotFetchedAgain) {
    worker_.answer = failure(ErrorCode::TooLarge, "the worker's answer is too large");
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, FailureClass::Infrastructure);
}

TEST_F(RunnerTest, WorkThatKillsItsProcessIsGivenUp) {
    WorkFailure death{FailureClass::Infrastructure, "WorkerInterrupted", "signal 6"};
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
    EXPECT_EQ(row().failure_class, FailureClass::Deadline);
    EXPECT_EQ(worker_.runs, 0);
}

TEST_F(RunnerTest, AnOutcomeThatTheDatabaseRefusesEnds) {
    bool refused = false;
    histories_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (point == FaultPoint::Before && call.starts_with("finish_activity") && !refused) {
            refused = true;
            return failure(ErrorCode::InvalidInput, "PostgreSQL: invalid byte sequence");
        }
        return {};
    };
    EXPECT_FALSE(try_once());
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(row().reason, "OutcomeRefused");
    EXPECT_THAT(row().message, HasSubstr("invalid byte sequence"));
}

// Its row says where, not where the platform keeps things now, and no document.
TEST_F(RunnerTest, ARecordIsCollectedWhereItsAttemptWasToldToPutIt) {
    key_ = experiment::collect_activity(1, 1);
    experiment::AttemptRow attempt{.pod_uid = "uid"};
    for (const auto& [prefix, key] :
         {std::pair{"old/namespaces/vision/", "old/namespaces/vision/attempts/uid/bundle.json"},
          {"", "records/attempts/uid/bundle.json"}}) { // from before there were such prefixes
        attempt.store_prefix = prefix;
        experiment::Change change;
        change.attempts = {attempt};
        ASSERT_TRUE(histories_.commit(sample::experiment_uid, change, {}, clock_.now()));
        worker_fails({FailureClass::Infrastructure, "Unavailable", "away"});
        (void)try_once();
        EXPECT_EQ(string_or(worker_.asked, "key"), key);
    }
}

// It has the wheel that it asks for, and asks for it again.
TEST_F(RunnerTest, ABuildThatGetsNoFurtherEnds) {
    key_ = experiment::build_activity;
    const auto registry = configuration_.effective(sample::name_space).registry;
    const std::string repository = registry.host + "/" +
                                   (registry.prefix.empty() ? "" : registry.prefix + "/") +
                                   sample::name_space;
    const std::string base = string_or(sample::experiment()["spec"]["image"], "base");
    ASSERT_TRUE(memory_.remember_derived_wheels(
        {repository, base, wheel_recipe},
        {{sample::wants_wheel().unbuilt.front().digest.text(), {}}}));
    worker_.answer = WorkAnswer(Json(to_json(sample::wants_wheel())));
    try_to_the_end(20);
    EXPECT_EQ(row().state, ActivityState::Failed);
    EXPECT_EQ(row().reason, "NoProgress");
    EXPECT_EQ(worker_.runs, unknown_tries_max + 1);
}

// Its outcome says so, and no other Experiment rests on it.
TEST_F(RunnerTest, AGateWhosePodsImageIsNotKnownIsRecordedAndNotRemembered) {
    for (const std::string& image_id : {std::string(), sample::built().image}) {
        SCOPED_TRACE(image_id);
        build_succeeds();
        key_ = experiment::imports_activity;
        (void)try_once();
        const k8s::Object job = api_.all(k8s::jobs).back();
        api_.edit(k8s::jobs, k8s::key_of(*job), [](Json& ended) {
            ended["status"]["conditions"] =
                Json::array({{{"type", "Complete"}, {"status", "True"}}});
        });
        Json pod = (*job)["spec"]["template"];
        pod["metadata"]["name"] = "pod";
        pod["metadata"]["namespace"] = sample::name_space;
        pod["metadata"]["ownerReferences"] =
            Json::array({{{"uid", k8s::uid_of(*job)}, {"controller", true}}});
        pod["status"]["containerStatuses"] =
            Json::array({{{"imageID", image_id}, {"state", {{"terminated", {{"exitCode", 0}}}}}}});
        api_.put(k8s::pods, pod);
        (void)try_once();
        ASSERT_EQ(row().state, ActivityState::Succeeded) << row().message;
        const Json outcome = *parse_json(row().outcome_json);
        EXPECT_EQ(bool_or(outcome, "imageUnread"), image_id.empty());
        EXPECT_EQ(*memory_.imports_known(sample::name_space, string_or(outcome, "key")),
                  !image_id.empty());
        experiment::ActivityRow again = row();
        again.state = ActivityState::Wanted;
        ASSERT_TRUE(histories_.finish_activity(sample::experiment_uid, again));
    }
}

// A row of which the database wants to know nothing is not tried every minute for ever.
TEST_F(RunnerTest, ARowThatCannotBeKeptIsLetGo) {
    histories_.fault = [&](FaultPoint, const std::string& call) -> Status {
        return call.starts_with("finish_activity")
                   ? failure(ErrorCode::InvalidInput, "no such Experiment")
                   : Status();
    };
    EXPECT_FALSE(try_once());
}

const std::string hostile("cut \xc3\0 NUL \x1b[2J \u202e\xff", 20);

TEST_F(RunnerTest, WhatOthersWroteIsCleanInTheRow) {
    worker_fails({FailureClass::Configuration, hostile, hostile + std::string(100'000, 'x')});
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
