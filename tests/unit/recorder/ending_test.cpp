// A script that writes the launcher's report itself must not close its record by it.

#include "recorder/ending.h"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "recorder/endpoint.h"
#include "recorder/launcher_word.h"
#include "records/pod/signature.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/tensorboard/cases.h"

namespace pedigree::recorder {
namespace {

struct EndingBench {
    explicit EndingBench(std::stop_token terminated = {})
        : http([](const FakeHttp::Asked&) -> Result<net::Response> {
              return net::Response{200, {}, ""};
          }),
          store(watched, {.endpoint = "http://s", .credentials = {"k", Secret("s"), {}}}),
          shipper(store, notebook, {{"b", "log/"}, scratch.path() / exchange("log"), 1000000}),
          key(http, settings), followers(settings, notebook),
          ending({settings, store, shipper, notebook, pending, key, followers, movement,
                  std::move(terminated)}) {
        settings.pod_uid = "pod";
        settings.places = Places(scratch.path());
        settings.config.artifact_store.bucket = "b";
        settings.config.drain_seconds = 5;
        settings.config.outputs = {{"model", "out", "Model"}};
        EXPECT_TRUE(notebook.open(scratch.path() / "journal/notes"));
        EXPECT_TRUE(pending.open(scratch.path() / "journal/pending"));
        scratch.write("dev/termination-log", "");
        scratch.write("workspace/out/weights", "early");
        report(0);
    }
    static std::string exchange(const std::string& name) { return "opt/pedigree/exchange/" + name; }
    void report(int exit_code) const {
        scratch.write(exchange("report.json"),
                      Json{{"exitCode", exit_code}, {"started", true}}.dump());
    }
    Json document() const {
        std::string last;
        for (const auto& asked : http.asked) {
            last = asked.url.ends_with("/bundle.json") ? asked.body : last;
        }
        return *parse_json(last);
    }
    records::pod::Bundle bundle() const { return *records::pod::bundle_from(document()); }

    Scratch scratch;
    Settings settings;
    FakeHttp http;
    Notebook notebook;
    PendingAppends pending;
    Movement movement;
    MovementHttp watched{http, movement};
    artifacts::S3Client store;
    LogShipper shipper;
    RecordKey key;
    Followers followers;
    Ending ending;
};

TEST(Ending, lets_the_launcher_go_and_is_not_outdated_by_itself) {
    EndingBench bench;
    ASSERT_TRUE(bench.ending.conclude());
    EXPECT_TRUE(std::filesystem::exists(bench.scratch.path() / EndingBench::exchange("drained")));
    EXPECT_FALSE(bench.ending.outdated());
    EXPECT_EQ(bench.bundle().artifacts[0].digest,
              sha256(sha256("early").hex() + "  weights\n").text());
}

TEST(Ending, a_forged_report_hides_nothing_that_comes_later) {
    EndingBench bench;
    Upstream upstream(bench.http, "http://mlflow", "");
    Ownership ownership(upstream, bench.notebook, {"uid", "pod"});
    Endpoint endpoint({upstream, bench.notebook, ownership, bench.pending, {}});
    endpoint.close();
    ASSERT_TRUE(bench.ending.conclude()); // the script had written exitCode 0
    const auto asked = bench.http.asked.size();
    FakeExchange late("POST", "/api/2.0/mlflow/runs/create", R"({"experiment_id":"1"})");
    endpoint.handle(late);
    EXPECT_EQ(late.answer.status, 403);
    EXPECT_EQ(bench.http.asked.size(), asked);
    bench.scratch.write("workspace/out/weights", "late");
    bench.scratch.write(EndingBench::exchange("log/0000009.out"), "late words");
    bench.report(7); // the launcher's own
    ASSERT_TRUE(bench.ending.outdated());
    ASSERT_TRUE(bench.ending.conclude());
    const auto bundle = bench.bundle();
    EXPECT_EQ(bundle.launcher.exit_code, 7);
    EXPECT_EQ(bundle.artifacts[0].digest, sha256(sha256("late").hex() + "  weights\n").text());
    EXPECT_EQ(bundle.log.segments, 1);
    ASSERT_FALSE(bundle.gaps.empty());
    EXPECT_NE(bundle.gaps[0].sentence.find("1 calls that came later were refused"),
              std::string::npos);
    const auto told =
        records::pod::termination_from(*parse_json(bench.scratch.read("dev/termination-log")));
    EXPECT_EQ(told->bundle_digest, sha256(canonical_json(to_json(bundle))).text());
}

TEST(Ending, the_bundle_has_what_stands_in_event_files) {
    EndingBench bench;
    bench.scratch.write("workspace/logs/run-0/events.out.tfevents.1",
                        trackers::tensorboard::event_file("hparam_tuning_run-0"));
    ASSERT_TRUE(bench.ending.conclude());
    const auto bundle = bench.bundle();
    EXPECT_TRUE(bundle.complete);
    ASSERT_EQ(bundle.runs.size(), 1u);
    EXPECT_EQ(bundle.runs[0].run_id, "logs/run-0");
    EXPECT_TRUE(bundle.runs[0].in_files);
    EXPECT_EQ(bundle.runs[0].parameters.at("lr"), "0.01");
    EXPECT_EQ(bundle.runs[0].metrics.at("accuracy").first.text(), "0.5");
    EXPECT_EQ(bundle.runs[0].metrics.at("accuracy").points.size(), 3u);
    EXPECT_EQ(bundle.runs[0].logged.at("images"), 1);
    ASSERT_EQ(bundle.artifacts.size(), 2u); // the output, and the files
    EXPECT_EQ(bundle.artifacts[1].source, "TensorBoard");
    EXPECT_TRUE(bundle.gaps.empty());
}

// The operator was away from the pod's start to its end, and comes back while the record is made.
TEST(Ending, signs_with_a_key_that_it_gets_at_the_very_end) {
    EndingBench bench;
    bench.settings.config.operator_url = "https://operator";
    bench.scratch.write("var/run/secrets/pedigree.dev/token", "projected");
    int asked = 0;
    bench.http.answer = [&](const FakeHttp::Asked& call) -> Result<net::Response> {
        if (!call.url.starts_with("https://operator")) {
            return net::Response{200, {}, ""};
        }
        return ++asked < 3 ? net::Response{503, {}, ""}
                           : net::Response{200, {}, Json{{"key", std::string(64, 'a')}}.dump()};
    };
    ASSERT_TRUE(bench.key.open());
    ASSERT_TRUE(bench.ending.conclude());
    EXPECT_TRUE(records::pod::is_signed_bundle(bench.document(), Secret(std::string(64, 'a'))));
}

TEST(Ending, without_a_key_is_written_all_the_same_and_in_time) {
    EndingBench bench;
    bench.settings.config.operator_url = "https://operator";
    bench.settings.config.drain_seconds = 1;
    bench.scratch.write("var/run/secrets/pedigree.dev/token", "projected");
    bench.http.answer = [&](const FakeHttp::Asked& call) -> Result<net::Response> {
        return net::Response{call.url.starts_with("https://operator") ? 503 : 200, {}, ""};
    };
    ASSERT_TRUE(bench.key.open());
    ASSERT_TRUE(bench.ending.conclude());
    EXPECT_FALSE(bench.document().contains("signature"));
    EXPECT_TRUE(std::filesystem::exists(bench.scratch.path() / EndingBench::exchange("drained")));
}

// What gets on is not given up, however long it takes; the launcher is told so.
TEST(Ending, takes_as_long_as_it_gets_on) {
    EndingBench bench;
    bench.settings.config.drain_seconds = 1;
    for (int i = 0; i < 20; ++i) {
        bench.scratch.write("workspace/out/" + std::to_string(i), "x");
    }
    bool told = false;
    bench.http.answer = [&](const FakeHttp::Asked&) -> Result<net::Response> {
        std::this_thread::sleep_for(std::chrono::milliseconds(700)); // a slow store
        told = told ||
               std::filesystem::exists(bench.scratch.path() / EndingBench::exchange("draining"));
        return net::Response{200, {}, ""};
    };
    ASSERT_TRUE(bench.ending.conclude());
    EXPECT_TRUE(bench.bundle().complete);
    EXPECT_EQ(bench.bundle().artifacts.front().files.size(), 21u);
    EXPECT_TRUE(told);
}

// The kubelet waits for nobody: from its signal on the time is what it gives.
TEST(Ending, the_kubelets_signal_bounds_what_gets_on) {
    std::stop_source terminated;
    terminated.request_stop();
    EndingBench bench(terminated.get_token());
    bench.settings.config.drain_seconds = 1;
    for (int i = 0; i < 100; ++i) {
        bench.scratch.write("workspace/out/" + std::to_string(i), "x");
    }
    bench.http.answer = [&](const FakeHttp::Asked& call) -> Result<net::Response> {
        if (!call.url.ends_with("/bundle.json")) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
        return net::Response{200, {}, ""};
    };
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(bench.ending.conclude());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
    EXPECT_FALSE(bench.bundle().complete);
}

TEST(LauncherWord, is_made_to_fit_whatever_a_script_wrote) {
    records::pod::LauncherReport report;
    report.started_at = "yesterday\0\xff";
    report.finished_at = "2026-01-01T00:00:00Z";
    report.failure_hint = "Experiment";
    report.stderr_tail = std::string("\xe2\x94\x80", 2) + std::string(5000, 'a') +
                         std::string("\0\x1b[31m", 6) + "boom \xe2\x94";
    report.error = std::string(9000, 'e');
    report.oom_kills = -1;
    for (int i = 0; i < 1000; ++i) {
        report.hardware["k" + std::to_string(i)] = std::string(9000, '\xff');
    }
    const auto clean = cleaned(report);
    EXPECT_EQ(clean.started_at, "");
    EXPECT_EQ(clean.finished_at, "2026-01-01T00:00:00.000000Z");
    EXPECT_EQ(clean.failure_hint, "");
    EXPECT_LE(clean.stderr_tail.size(), 4096u);
    EXPECT_TRUE(clean.stderr_tail.ends_with("\\x1b[31mboom \xef\xbf\xbd")) << clean.stderr_tail;
    EXPECT_EQ(clean.stderr_tail.find('\0'), std::string::npos);
    EXPECT_LE(clean.error.size(), 1000u);
    EXPECT_EQ(clean.hardware.size(), 50u);
    EXPECT_EQ(clean.oom_kills, 0);
    EXPECT_NO_THROW((void)canonical_json(to_json(clean)));
}

} // namespace
} // namespace pedigree::recorder
