#include "cli/experiment/log_source.h"
#include "cli/experiment/log_window.h"

#include <gmock/gmock.h>

#include "pipeline/run/pod_facts.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

Json pod(std::int64_t attempt, const std::string& state, const std::string& created = "") {
    Json object = {{"metadata",
                    {{"name", "exp-1-" + std::to_string(attempt)},
                     {"namespace", "vision"},
                     {"creationTimestamp", created},
                     {"labels", {{records::attempt_label, std::to_string(attempt)}}}}},
                   {"status", Json::object()}};
    if (!state.empty()) {
        object["status"]["containerStatuses"] = {
            {{"name", "recorder"}, {"state", {{"running", Json::object()}}}},
            {{"name", run::train_container}, {"state", {{state, Json::object()}}}}};
    }
    return object;
}

std::string pod_log(std::int64_t attempt, const std::string& more = "") {
    return fmt::format("/api/v1/namespaces/vision/pods/exp-1-{}/log?container=train{}", attempt,
                       more);
}

std::string record(std::int64_t attempt, std::int64_t from) {
    return fmt::format("/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/logs/"
                       "mnist-1?attempt={}&from={}",
                       attempt, from);
}

std::string trial_record(const std::string& parameters) {
    return "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/logs/mnist-1?" + parameters;
}

Experiment with_attempts(std::int64_t attempts, const std::string& phase) {
    return experiment_from(experiment_object({.phase = phase, .attempts = attempts}));
}

TEST(LogSource, FollowsThePodAndThenTheRecord) {
    const auto pods = attempts_of({pod(1, "terminated"), pod(2, "waiting")});
    EXPECT_EQ(log_source(1, pods, with_attempts(2, "Running")), LogSource::Pod);
    EXPECT_EQ(log_source(2, pods, with_attempts(2, "Running")), LogSource::Later);
    EXPECT_EQ(log_source(3, pods, with_attempts(2, "Running")), LogSource::Later);
    EXPECT_EQ(log_source(1, {}, with_attempts(2, "Running")), LogSource::Record);
    EXPECT_EQ(log_source(2, {}, with_attempts(2, "Failed")), LogSource::Record);
    EXPECT_EQ(log_source(3, {}, with_attempts(2, "Failed")), LogSource::Nowhere);
    EXPECT_EQ(log_source(1, {}, with_attempts(0, "Failed")), LogSource::Nowhere);
}

TEST(Logs, OfTwoPodsOfOneAttemptTheYoungerCounts) {
    Json older = pod(1, "terminated", "2026-01-31T10:00:00Z");
    older["metadata"]["name"] = "older";
    const auto pods = attempts_of({pod(1, "running", "2026-01-31T11:00:00Z"), older, pod(0, "")});
    ASSERT_EQ(pods.size(), 1U);
    EXPECT_EQ(pods[0].name, "exp-1-1");
    EXPECT_FALSE(pods[0].ended);
}

TEST(Logs, SkipsWhatWasPrintedBefore) {
    ByteSkipper skipper(4);
    EXPECT_EQ(skipper.rest_of("abc"), "");
    EXPECT_EQ(skipper.rest_of("def"), "ef");
    EXPECT_EQ(skipper.rest_of("g"), "g");
}

struct Running : FakeCluster {
    explicit Running(const ExperimentState& state, const std::vector<Json>& pods = {}) {
        api.put(experiments, experiment_object(state));
        for (const Json& each : pods) {
            api.put(k8s::pods, each);
        }
    }
    Result<ExitCode> logs(std::vector<std::string> words) {
        words.insert(words.begin(), "logs");
        return run(words);
    }
};

TEST(Logs, PrintsTheLastAttemptOfAPod) {
    Running fake({.phase = "Running", .attempts = 2}, {pod(1, "terminated"), pod(2, "running")});
    fake.texts[pod_log(2)] = "epoch 1\n";
    const auto code = fake.logs({"exp/mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "epoch 1\n");
    EXPECT_EQ(fake.api.list_options.back().label_selector, "pedigree.dev/experiment=uid-mnist-1");
}

TEST(Logs, AfterThePodTheRecordAnswers) {
    Running fake({.phase = "Succeeded", .attempts = 2});
    fake.texts[record(1, 0)] = "first\n";
    fake.texts[record(2, 0)] = "second\n";
    ASSERT_TRUE(fake.logs({"mnist-1"}));
    ASSERT_TRUE(fake.logs({"mnist-1", "--attempt", "1"}));
    EXPECT_EQ(fake.out.str(), "second\nfirst\n");
}

TEST(Logs, APodWhoseLogIsGoneHasARecord) {
    Running fake({.phase = "Succeeded", .attempts = 1}, {pod(1, "terminated")});
    fake.texts[record(1, 0)] = "kept\n";
    ASSERT_TRUE(fake.logs({"mnist-1"}));
    EXPECT_EQ(fake.out.str(), "kept\n");
}

TEST(Logs, FollowGoesThroughTheRetriesToTheEnd) {
    Running fake({.phase = "Failed", .attempts = 3}, {pod(2, "terminated"), pod(3, "terminated")});
    fake.texts[record(1, 0)] = "one\n";
    fake.texts[pod_log(3, "&follow=true")] = "three\n";
    const auto last = fake.logs({"mnist-1", "-f"});
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_EQ(fake.out.str(), "three\n");

    Running retried({.phase = "Failed", .attempts = 3}, {pod(3, "terminated")});
    retried.texts = fake.texts;
    ASSERT_TRUE(retried.logs({"mnist-1", "-f", "--attempt", "1"}));
    EXPECT_EQ(retried.out.str(), "one\n"); // a given attempt is printed alone
}

TEST(Logs, ATrialIsFoundByItsPodsAndByItsRecord) {
    Running fake({.phase = "Running", .attempts = 9}, {pod(1, "running")});
    fake.texts[pod_log(1)] = "epoch 1\n";
    ASSERT_TRUE(fake.logs({"mnist-1", "--trial", "7"}));
    EXPECT_EQ(fake.api.list_options.back().label_selector,
              "pedigree.dev/experiment=uid-mnist-1,pedigree.dev/trial=7");
    EXPECT_EQ(fake.out.str(), "epoch 1\n");

    Running gone({.phase = "Running", .attempts = 9});
    gone.texts[trial_record("trial=7&from=0")] = "last\n";
    gone.texts[trial_record("trial=7&attempt=1&from=0")] = "first\n";
    ASSERT_TRUE(gone.logs({"mnist-1", "--trial", "7"}));
    ASSERT_TRUE(gone.logs({"mnist-1", "--trial", "7", "--attempt", "1"}));
    ASSERT_TRUE(gone.logs({"mnist-1", "-f", "--trial", "7"}));
    EXPECT_EQ(gone.out.str(), "last\nfirst\nlast\n");
}

TEST(Logs, OfASearchOneAttemptIsShown) {
    Json search = experiment_object({.phase = "Succeeded", .attempts = 9});
    search["status"]["progress"] = "9/9";
    Running gone({});
    gone.api.put(experiments, search);
    gone.texts[trial_record("from=0")] = "last\n";
    const auto code = gone.logs({"mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(gone.out.str(), "last\n");

    search["status"]["conditions"] = Json::array();
    Running running({}, {pod(1, "terminated")});
    running.api.put(experiments, search);
    running.texts[pod_log(1, "&follow=true")] = "one\n";
    ASSERT_TRUE(running.logs({"mnist-1", "-f"}));
    EXPECT_EQ(running.out.str(), "one\n"); // it does not wait for a second attempt
}

Json pod_of_trial(std::int64_t trial, std::int64_t attempt, const std::string& state) {
    Json object = pod(attempt, state, "2026-01-31T1" + std::to_string(trial) + ":00:00Z");
    object["metadata"]["name"] = fmt::format("exp-{}-{}", trial, attempt);
    object["metadata"]["labels"][records::trial_label] = std::to_string(trial);
    return object;
}

TEST(Logs, OfASearchTheLastTrialIsChosenOnce) {
    Json search = experiment_object({.phase = "Running", .attempts = 4});
    search["status"]["progress"] = "1/9";
    Running fake({}, {pod_of_trial(1, 1, "terminated"), pod_of_trial(1, 2, "running"),
                      pod_of_trial(2, 1, "terminated")});
    fake.api.put(experiments, search);
    const std::string path = "/api/v1/namespaces/vision/pods/exp-2-1/log?container=train";
    fake.texts[path] = "second\n";
    const auto code = fake.logs({"mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "second\n");
    EXPECT_EQ(fake.err.str(), "-- mnist-1: trial 2; another one: --trial N\n");
}

TEST(Logs, ATrialIsFollowedToItsEndWhileOthersBegin) {
    Json search = experiment_object({.phase = "Running", .attempts = 1});
    search["status"]["progress"] = "0/9";
    Running fake({}, {pod_of_trial(1, 1, "running")});
    fake.api.put(experiments, search);
    fake.texts["/api/v1/namespaces/vision/pods/exp-1-1/log?container=train&follow=true"] =
        "first\n";
    fake.while_read = [&] {
        fake.api.put(k8s::pods, pod_of_trial(1, 1, "terminated"));
        fake.api.put(k8s::pods, pod_of_trial(2, 1, "running"));
    };
    const auto code = fake.logs({"mnist-1", "-f"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "first\n");
}

TEST(Logs, WhatHasNotStartedSaysSo) {
    Running fake({.phase = "Building", .message = "layer 1 of 3"});
    const auto early = fake.logs({"mnist-1"});
    ASSERT_FALSE(early);
    EXPECT_THAT(early.error().message, HasSubstr("Building: layer 1 of 3"));
    EXPECT_THAT(early.error().message, HasSubstr("pedigree logs -f mnist-1"));

    Running failed({.phase = "Failed", .message = "no such commit"});
    const auto never = failed.logs({"mnist-1", "-f"});
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, ErrorCode::NotFound);
    EXPECT_THAT(never.error().message, HasSubstr("no such commit"));
}

TEST(Logs, OfOneThatEndedNobodyShallWait) {
    Running failed({.phase = "Failed", .message = "no such commit"});
    const auto code = failed.logs({"mnist-1"});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().message, "experiment mnist-1 never started training (Failed: no such "
                                    "commit); see pedigree describe mnist-1");
}

TEST(Logs, ATrialThatThereIsNotIsNamed) {
    Running fake({.phase = "Succeeded", .attempts = 2});
    const auto code = fake.logs({"mnist-1", "--trial", "99"});
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message,
                testing::StartsWith("log of trial 99 of experiment mnist-1: "));
    EXPECT_THAT(code.error().message, HasSubstr("pedigree trials mnist-1"));
}

TEST(Logs, FollowAsksAgainWhileTheServerIsAway) {
    Running fake({.phase = "Succeeded", .attempts = 1});
    fake.texts[record(1, 0)] = "whole\n";
    fake.silence_max = std::chrono::minutes(1);
    fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
    fake.api.broken_calls = 1;
    ASSERT_TRUE(fake.logs({"mnist-1", "-f"}));
    EXPECT_EQ(fake.out.str(), "whole\n");
    EXPECT_THAT(fake.err.str(), HasSubstr("the API server answers again"));
}

TEST(Logs, FollowWaitsForTheStartAndCanBeInterrupted) {
    Running fake({.phase = "Queued", .message = "Waiting for GPU"});
    fake.stop.request_stop();
    const auto code = fake.logs({"mnist-1", "-f"});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(fake.err.str(), "-- mnist-1: Queued: Waiting for GPU\n");
}

TEST(Logs, LatestIsTheYoungest) {
    Running fake({.name = "mnist-1", .phase = "Succeeded", .attempts = 1});
    Json younger = experiment_object({.name = "mnist-0", .phase = "Succeeded", .attempts = 1});
    younger["metadata"]["creationTimestamp"] = "2026-01-31T11:56:00Z";
    fake.api.put(experiments, younger);
    ASSERT_FALSE(fake.logs({"--latest"}));
    EXPECT_THAT(fake.asked.back(), HasSubstr("/logs/mnist-0?"));
}

std::string through(LogWindow window, const std::vector<std::string>& pieces) {
    std::string shown;
    for (const std::string& piece : pieces) {
        shown += window.take(piece);
    }
    return shown + window.end();
}

TEST(LogWindow, KeepsTheLastLinesHoweverTheyArrive) {
    EXPECT_EQ(through(LogWindow({.lines = 2}), {"a\nb", "b\nc\n", "d"}), "c\nd");
    EXPECT_EQ(through(LogWindow({.lines = 0}), {"a\nb\n"}), "");
    EXPECT_EQ(through(LogWindow({.lines = 9}), {"a\nb\n"}), "a\nb\n");
    EXPECT_EQ(through(LogWindow({.lines = 1}), {"\n\n"}), "\n");
}

TEST(LogWindow, LinesCarryTheirTimeAndLoseIt) {
    const Instant since = *parse_instant("2026-01-31T11:50:00Z");
    const std::vector<std::string> log{"2026-01-31T11:49:59.999999999Z old\n2026-01-3",
                                       "1T12:50:00.1+01:00 new\nno time\n",
                                       "2026-01-31T11:51:00Z cut"};
    EXPECT_EQ(through(LogWindow({.since = since}), log), "new\nno time\ncut");
    EXPECT_EQ(through(LogWindow({.lines = 1, .since = since}), log), "cut");
    LogWindow window({.since = since});
    window.take(log[0] + log[1] + log[2]);
    window.end();
    EXPECT_EQ(window.bytes(), std::string("old\nnew\nno time\ncut").size());
}

TEST(LogWindow, HoldsNoMoreThanItsBound) {
    LogWindow window({.lines = 1000000});
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(window.take(std::string(1024 * 1024, 'x') + "\n"), "");
    }
    EXPECT_LE(window.end().size(), log_tail_bytes_max);
    EXPECT_EQ(window.bytes(), 40 * (1024 * 1024 + 1));
}

TEST(Logs, TheTailIsOfThePodAndOfTheRecord) {
    Running fake({.phase = "Running", .attempts = 1}, {pod(1, "running")});
    fake.texts[pod_log(1)] = "epoch 1\nepoch 2\nepoch 3\n";
    ASSERT_TRUE(fake.logs({"mnist-1", "--tail", "1"}));
    EXPECT_EQ(fake.out.str(), "epoch 3\n");

    Running ended({.phase = "Succeeded", .attempts = 1});
    ended.texts[record(1, 0)] = "epoch 1\nepoch 2\n";
    ASSERT_TRUE(ended.logs({"mnist-1", "--tail", "1"}));
    EXPECT_EQ(ended.out.str(), "epoch 2\n");
}

TEST(Logs, FollowGoesOnBehindTheTail) {
    Running fake({.phase = "Succeeded", .attempts = 1}, {pod(1, "terminated")});
    fake.texts[pod_log(1)] = "epoch 1\nepoch 2\n";
    fake.texts[pod_log(1, "&follow=true")] = "epoch 1\nepoch 2\nepoch 3\n";
    const auto code = fake.logs({"mnist-1", "-f", "--tail", "1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "epoch 2\nepoch 3\n");
}

TEST(Logs, SinceAsksThePodForTimes) {
    Running fake({.phase = "Running", .attempts = 1}, {pod(1, "running")});
    fake.texts[pod_log(1, "&timestamps=true")] = "2026-01-31T11:00:00Z epoch 1\n"
                                                 "2026-01-31T11:59:00Z epoch 2\n";
    const auto code = fake.logs({"mnist-1", "--since", "10m"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "epoch 2\n");
}

TEST(Logs, WhatIsKeptHasNoTimesAndSaysSo) {
    Running ended({.phase = "Succeeded", .attempts = 1});
    ended.texts[record(1, 0)] = "epoch 1\n";
    for (const auto& more : std::vector<std::vector<std::string>>{{}, {"-f"}}) {
        std::vector<std::string> words{"mnist-1", "--since", "10m"};
        words.insert(words.end(), more.begin(), more.end());
        const auto code = ended.logs(words);
        ASSERT_FALSE(code);
        EXPECT_EQ(exit_code_of(code.error()), ExitCode::InvalidInput);
        EXPECT_THAT(code.error().message, HasSubstr("--tail"));
    }
    EXPECT_EQ(ended.out.str(), "");
}

} // namespace
} // namespace pedigree::cli
