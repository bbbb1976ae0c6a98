// What the read API answers about trials and their logs, from a real PostgreSQL; the worker, which
// fetches objects, is a double.
#include "operator/api/read_api.h"

#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "lineage/migrations.h"
#include "operator/storage/migrations.h"
#include "operator/storage/postgres_history.h"
#include "records/pod/bundle.h"
#include "records/pod/bundle_pages.h"
#include "store/epoch.h"
#include "store/migration.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"
#include "tests/integration/postgres/migrated_database.h"
#include "tests/integration/postgres/recorded_account.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::control {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const Instant noon = *parse_instant("2026-01-31T12:00:00Z");
const std::string trials_path = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/trials/";
const std::string logs_path = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/logs/";

const std::string metrics_path = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/metrics/";

// Has the objects whose keys end so.
struct StoreDouble final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest&, const Json& input,
                           const std::function<void(const records::work::Progress&)>&,
                           std::stop_token) override {
        const std::string key = string_or(input, "key");
        asked.push_back(key);
        for (const auto& [end, bytes] : objects) {
            if (key.ends_with(end)) {
                return WorkAnswer(
                    records::work::to_json(records::work::FetchObjectOutcome{.bytes = bytes}));
            }
        }
        return WorkAnswer(records::work::WorkFailure{.failure_class = FailureClass::Infrastructure,
                                                     .reason = "NotFound",
                                                     .message = "no " + key});
    }

    std::map<std::string, std::string> objects;
    std::vector<std::string> asked;
};

class ReadApiTest : public testing::Test {
  protected:
    ReadApiTest() {
        credentials.write("AWS_ACCESS_KEY_ID", "id");
        credentials.write("AWS_SECRET_ACCESS_KEY", "key");
        const auto migrated = store::migrate(
            database.dsn, {store::migrations(), lineage::migrations(), migrations()});
        EXPECT_TRUE(migrated) << migrated.error().message;
        PostgresHistory state{database.writer, *store::claim_epoch(database.writer, "operator")};
        experiment::Change change{.experiment = experiment()};
        for (const auto& [trial, number, pod] :
             {std::tuple{1, 1, "pod-a"}, {2, 1, "pod-b"}, {2, 2, "pod-c"}, {3, 1, ""}}) {
            experiment::AttemptRow attempt{
                .trial = trial, .number = number, .job_name = "job", .pod_uid = pod};
            attempt.store_prefix = trial == 1 ? "" : "then/namespaces/vision/";
            change.attempts.push_back(attempt);
        }
        for (std::int64_t number = 1; number <= 3; ++number) {
            change.trials.push_back({.number = number,
                                     .parameters_json = R"({"lr":0.1})",
                                     .reason_json = R"({"proposedBy":"Sobol"})",
                                     .proposed_at = noon});
        }
        EXPECT_TRUE(state.commit("uid-1", change, {}, noon));
        for (const std::string pod : {"pod-a", "pod-b", "pod-c"}) {
            records::pod::Bundle bundle = sample::bundle(pod);
            bundle.log.segments = 2;
            bundle.log.key = pod + "/log/";
            worker.objects[records::pod::bundle_key("", pod)] =
                canonical_json(records::pod::to_json(bundle));
            worker.objects[pod + "/log/0000001.out"] = "first of " + pod + "\n";
            worker.objects[pod + "/log/0000002.out"] = "second of " + pod + "\n";
        }
    }
    static experiment::ExperimentRow experiment() {
        experiment::ExperimentRow row;
        row.uid = "uid-1";
        row.name_space = "vision";
        row.name = "mnist-1";
        row.project = "mnist";
        row.spec_json =
            R"({"search":{"objective":{"goal":"Maximize","metric":"score"},"maxTrials":3}})";
        row.accepted_at = noon;
        row.max_trials = 5;
        row.best_trial = 2;
        return row;
    }
    net::Response ask(const std::string& target, const std::string& proxy = "front-proxy",
                      const std::string& method = "GET") {
        recorder::FakeExchange exchange(method, target);
        exchange.asked.client_common_name = proxy;
        if (const auto mark = target.find('?'); mark != std::string::npos) {
            exchange.asked.query = target.substr(mark + 1);
        }
        api.handle(exchange);
        return exchange.answer;
    }
    Json error_of(const std::string& target, int status) {
        const net::Response answer = ask(target);
        EXPECT_EQ(answer.status, status) << target << ": " << answer.body;
        return *parse_json(answer.body);
    }

    test::MigratedDatabase database;
    const spec::Configuration configuration = sample::configuration();
    const Scratch credentials;
    StoreDouble worker;
    const ReadApi api{{.pool = database.writer,
                       .worker = worker,
                       .configuration = configuration,
                       .credentials = {.artifact_store_directory = credentials.path().string()},
                       .allowed_proxies = [] { return std::vector<std::string>{"front-proxy"}; },
                       .activity_progress = nullptr}};
};

TEST_F(ReadApiTest, ListsTheTrialsOfASearch) {
    const net::Response answer = ask(trials_path + "mnist-1");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json list = *parse_json(answer.body);
    EXPECT_EQ(list["kind"], "TrialList");
    EXPECT_EQ(list["uid"], "uid-1");
    EXPECT_EQ(list["maxTrials"], 5);
    EXPECT_EQ(list["best"], 2);
    ASSERT_THAT(list["items"], SizeIs(3));
    EXPECT_EQ(list["items"][1]["attempts"], 2);
    EXPECT_EQ(list["items"][1]["podUid"], "pod-c");
    EXPECT_EQ(list["items"][1]["parameters"], (Json{{"lr", 0.1}}));
}

TEST_F(ReadApiTest, TracesInTheDirectionThatIsAsked) {
    const std::string path =
        "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/traces/exp%3Aone";
    EXPECT_EQ(parse_json(ask(path).body).value()["direction"], "Causes");
    EXPECT_EQ(parse_json(ask(path + "?direction=Effects").body).value()["direction"], "Effects");
    EXPECT_THAT(string_or(error_of(path + "?direction=up", 400), "message"),
                HasSubstr("direction: must be Causes or Effects, not \"up\""));
}

TEST_F(ReadApiTest, KnowsNoTrialsOfAnotherNameOrNamespace) {
    EXPECT_THAT(string_or(error_of(trials_path + "mnist-2", 404), "message"),
                HasSubstr("no Experiment mnist-2 in namespace vision"));
    error_of("/apis/lineage.pedigree.dev/v1alpha1/namespaces/speech/trials/mnist-1", 404);
    error_of("/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/trials", 404);
    error_of(trials_path + "%zz", 404);
    error_of(trials_path + "a%27%3B%20DROP%20TABLE%20trial%3B--", 404);
}

TEST_F(ReadApiTest, GivesTheLogOfATrialsLastAttemptThatRan) {
    const auto log_of = [&](const std::string& query) { return ask(logs_path + query).body; };
    EXPECT_EQ(log_of("mnist-1?trial=1"), "first of pod-a\nsecond of pod-a\n");
    EXPECT_EQ(log_of("mnist-1?trial=2"), "first of pod-c\nsecond of pod-c\n");
    EXPECT_EQ(log_of("mnist-1?trial=2&attempt=1"), "first of pod-b\nsecond of pod-b\n");
    EXPECT_EQ(log_of("mnist-1?trial=1&from=15"), "second of pod-a\n");
    EXPECT_EQ(log_of("mnist-1?trial=1&from=22"), "of pod-a\n");
    EXPECT_EQ(log_of("mnist-1?trial=1&from=9999"), "");
}

TEST_F(ReadApiTest, ABundleCannotPointAtAnothersLog) {
    records::pod::Bundle bundle = sample::bundle("pod-a");
    bundle.log.segments = 1;
    bundle.log.key = "pod-b/log/";
    worker.objects[records::pod::bundle_key("", "pod-a")] =
        canonical_json(records::pod::to_json(bundle));
    EXPECT_EQ(ask(logs_path + "mnist-1?trial=1").body, "first of pod-a\n");
}

// pod-a is from before there were prefixes of namespaces.
TEST_F(ReadApiTest, FindsALogWhereTheAttemptsRowSaysThatItLies) {
    ask(logs_path + "mnist-1?trial=1");
    EXPECT_THAT(worker.asked, testing::ElementsAre("records/attempts/pod-a/bundle.json",
                                                   "records/attempts/pod-a/log/0000001.out",
                                                   "records/attempts/pod-a/log/0000002.out"));
    worker.asked.clear();
    ask(logs_path + "mnist-1?trial=2");
    EXPECT_THAT(worker.asked,
                testing::ElementsAre("then/namespaces/vision/attempts/pod-c/bundle.json",
                                     "then/namespaces/vision/attempts/pod-c/log/0000001.out",
                                     "then/namespaces/vision/attempts/pod-c/log/0000002.out"));
}

TEST_F(ReadApiTest, SaysThatATrialHasNoLog) {
    for (const std::string query : {"", "?trial=3", "?trial=4", "?trial=1&attempt=2"}) {
        EXPECT_THAT(
            string_or(error_of(fmt::format("{}mnist-1{}", logs_path, query), 404), "message"),
            HasSubstr("pedigree trials mnist-1"))
            << query;
    }
    worker.objects.erase(records::pod::bundle_key("", "pod-a"));
    error_of(logs_path + "mnist-1?trial=1", 404);
}

TEST_F(ReadApiTest, RefusesNumbersThatAreNone) {
    for (const std::string query :
         {"trial=abc", "trial=1x", "trial=", "trial=0", "trial=-1", "trial=1.5", "attempt=0",
          "trial=1&from=-5", "trial=99999999999999999999"}) {
        const Json error = error_of(fmt::format("{}mnist-1?{}", logs_path, query), 400);
        EXPECT_EQ(error["reason"], "BadRequest") << query;
        EXPECT_THAT(string_or(error, "message"), HasSubstr("must be a whole number")) << query;
    }
}

TEST_F(ReadApiTest, GivesTheMetricsOfARecordedAttempt) {
    records::pod::Bundle bundle = sample::bundle("pod-c");
    records::pod::ObservedMetric loss{.count = 3,
                                      .last = MetricValue(0.5),
                                      .min = MetricValue(0.25),
                                      .max = MetricValue(1),
                                      .last_step = 7,
                                      .first = MetricValue(1)};
    loss.points = {{1, MetricValue(1)}, {4, MetricValue(0.25)}, {7, MetricValue(0.5)}};
    bundle.runs = {{.run_id = "r1",
                    .name = "colt",
                    .metrics = {{"loss", loss}, {"f1", records::pod::ObservedMetric{.count = 1}}}},
                   {.run_id = "r2", .metrics = {{"loss", loss}}},
                   {.tracker = "ClearML",
                    .run_id = "of-its-tracker",
                    .name = "dense",
                    .metrics = {{"loss", loss}},
                    .in_files = true}};
    test::record_account(database.writer, {"pod-c", 2, 2}, bundle, experiment::RecordProof::Signed);
    const auto listed = [&](const std::string& query) {
        const net::Response answer = ask(fmt::format("{}mnist-1{}", metrics_path, query));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return *parse_json(answer.body);
    };
    const Json list = listed(""); // of the best trial
    EXPECT_EQ(list["kind"], "MetricList");
    EXPECT_EQ(list["trial"], 2);
    EXPECT_EQ(list["attempt"], 2);
    EXPECT_EQ(list["asserted"], "Recorder");
    EXPECT_EQ(list["truncated"], false);
    ASSERT_THAT(list["items"], SizeIs(4));
    EXPECT_EQ(list["items"][3]["runId"], "files-1-pod-c"); // as a trace names it
    for (const char* name : {"files-1-pod-c", "of-its-tracker", "dense"}) {
        EXPECT_THAT(listed(std::string("?run=") + name)["items"], SizeIs(1)) << name;
    }
    EXPECT_THAT(listed("?run=r2")["items"], SizeIs(1));
    EXPECT_THAT(listed("?run=colt&key=loss")["items"], SizeIs(1));
    EXPECT_THAT(listed("?trial=2&attempt=2&key=f2")["items"], SizeIs(0));
    EXPECT_EQ(listed("?run=r2")["items"][0], (Json{{"runId", "r2"},
                                                   {"run", ""},
                                                   {"tracker", "MLflow"},
                                                   {"key", "loss"},
                                                   {"count", 3},
                                                   {"first", 1.0},
                                                   {"last", 0.5},
                                                   {"lastStep", 7},
                                                   {"min", 0.25},
                                                   {"max", 1.0},
                                                   {"points",
                                                    {{{"step", 1}, {"value", 1.0}},
                                                     {{"step", 4}, {"value", 0.25}},
                                                     {{"step", 7}, {"value", 0.5}}}}}));
    EXPECT_TRUE(worker.asked.empty()); // all of it stands in the record
}

TEST_F(ReadApiTest, ThePagesOfALargeAccountAreCheckedAgainstItsRecord) {
    records::pod::Bundle whole = sample::bundle("pod-c");
    records::pod::ObservedMetric loss{.count = 9000};
    for (std::int64_t step = 0; step < 9000; ++step) {
        loss.points.push_back({step, MetricValue(0.125)});
    }
    whole.runs = {{.run_id = "r1", .metrics = {{"loss", loss}}}};
    std::map<std::string, std::string> pages;
    const auto kept =
        records::pod::paged(whole,
                            [&](std::size_t number, const std::string& bytes) -> Status {
                                pages[records::pod::page_key("", "pod-c", number)] = bytes;
                                return {};
                            },
                            {.bundle_bytes_max = 64 * 1024, .page_bytes_max = 1024 * 1024});
    ASSERT_TRUE(kept) << kept.error().message;
    ASSERT_FALSE(pages.empty());
    test::record_account(database.writer, {"pod-c", 2, 2}, *kept, experiment::RecordProof::NoKey);
    worker.objects.insert(pages.begin(), pages.end());
    const net::Response answer = ask(metrics_path + "mnist-1");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT((*parse_json(answer.body))["items"][0]["points"], SizeIs(9000));
    EXPECT_EQ((*parse_json(answer.body))["asserted"], "UserCode");
    worker.objects[pages.begin()->first] = "{}"; // somebody changed it
    EXPECT_GE(ask(metrics_path + "mnist-1").status, 500);
}

TEST_F(ReadApiTest, SaysThatAnAttemptHasNoMetrics) {
    records::pod::Bundle bundle = sample::bundle("pod-c");
    test::record_account(database.writer, {"pod-c", 2, 2}, bundle,
                         experiment::RecordProof::None); // fetched, and refused
    for (const std::string query : {"", "?trial=1"}) {
        EXPECT_THAT(
            string_or(error_of(fmt::format("{}mnist-1{}", metrics_path, query), 404), "message"),
            HasSubstr("has no record of its metrics"))
            << query;
    }
    EXPECT_THAT(string_or(error_of(metrics_path + "mnist-1?trial=3", 404), "message"),
                HasSubstr("pedigree trials mnist-1"));
    error_of(metrics_path + "mnist-9", 404);
    error_of(metrics_path + "mnist-1?trial=x", 400);
}

TEST_F(ReadApiTest, SaysWhereALogBreaksOff) {
    worker.objects.erase("pod-a/log/0000002.out");
    EXPECT_THAT(ask(logs_path + "mnist-1?trial=1").body,
                testing::StartsWith("first of pod-a\n\n[the rest of the log cannot be read"));
}

TEST_F(ReadApiTest, AnswersTheFrontProxyAlone) {
    EXPECT_EQ(ask(trials_path + "mnist-1", "").status, 401);
    EXPECT_EQ(ask(trials_path + "mnist-1", "somebody").status, 401);
    EXPECT_EQ(ask(trials_path + "mnist-1", "front-proxy", "DELETE").status, 403);
}

} // namespace
} // namespace pedigree::control
