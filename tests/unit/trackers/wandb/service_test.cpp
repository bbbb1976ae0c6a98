#include "trackers/wandb/service.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "tests/checkout/checkout.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/memory_shelf.h"
#include "tests/unit/trackers/wandb/calls.h"

namespace pedigree::trackers::wandb {
namespace {

using recorder::FakeExchange;
using records::pod::ObservedRun;

struct ServiceBench {
    ServiceBench() {
        scratch.write("workspace/here", "");
        start();
        news.run = [&](ObservedRun run) { told.push_back(std::move(run)); };
        news.objective = [&](std::int64_t step, MetricValue value) {
            curve.emplace_back(step, value.text());
        };
    }
    // The next life of the recorder.
    void start() {
        service = serve({.objective_metric = "loss",
                         .endpoint_url = "http://h/wandb",
                         .journal = scratch.path() / "journal",
                         .shelf = &shelf});
        EXPECT_TRUE(service->open());
    }
    Json call(const std::string& method, const std::string& path, const std::string& body) {
        FakeExchange exchange(method, "/wandb" + path, body);
        service->endpoint()->handle(exchange, path);
        EXPECT_EQ(exchange.answer.status, 200);
        return parse_json(exchange.answer.body).value_or(Json());
    }
    void begin_run(const std::string& id = "r") {
        call("POST", "/graphql",
             json_text({{"query", "mutation UpsertBucket {x}"},
                        {"variables",
                         {{"name", id},
                          {"project", "p"},
                          {"host", "h"},
                          {"config", R"({"lr":{"value":0.1}})"}}}}));
    }
    void push_rows(std::int64_t first, std::int64_t end) {
        call("POST", "/files/pedigree/p/r/file_stream", rows_push(first, first, end));
    }
    void look() {
        const auto workspace = UntrustedFolder::open(scratch.path() / "workspace");
        service->look(*workspace, news, {});
    }
    // What the real SDK wrote for a run of three rows, offline.
    std::string offline_file() const {
        std::string text = *read_file(case_path("wandb/sdk-0.31.0.wandb.base64"));
        std::erase(text, '\n');
        return *from_base64(text);
    }

    Scratch scratch;
    MemoryShelf shelf;
    std::unique_ptr<Follower> service;
    FollowNews news;
    std::vector<ObservedRun> told;
    std::vector<std::pair<std::int64_t, std::string>> curve;
};

TEST(Service, tells_of_a_run_once_for_each_change_and_of_each_value_of_the_objective) {
    ServiceBench bench;
    bench.look();
    EXPECT_TRUE(bench.told.empty());
    bench.begin_run();
    bench.push_rows(0, 2);
    bench.look();
    bench.look();
    ASSERT_EQ(bench.told.size(), 1u);
    EXPECT_EQ(bench.told[0].run_id, "p/r");
    EXPECT_EQ(bench.told[0].parameters.at("lr"), "0.1");
    EXPECT_TRUE(bench.told[0].metrics.at("loss").points.empty());
    bench.push_rows(2, 3);
    bench.look();
    EXPECT_EQ(bench.told.size(), 2u);
    EXPECT_EQ(bench.curve,
              (std::vector<std::pair<std::int64_t, std::string>>{{0, "0"}, {1, "1"}, {2, "2"}}));
    EXPECT_EQ(bench.service->runs().at(0).metrics.at("loss").points.size(), 3u);
    EXPECT_TRUE(bench.service->gaps().empty());
}

TEST(Service, puts_uploads_on_the_shelf_and_lists_them) {
    ServiceBench bench;
    bench.begin_run();
    bench.call("POST", "/graphql",
               json_text({{"query", "mutation CreateRunFiles {x}"},
                          {"variables", {{"project", "p"}, {"run", "r"}, {"files", {"a.txt"}}}}}));
    bench.call("PUT", "/upload/run/p/r/a.txt", "abc");
    bench.call("PUT", "/upload/run/p/r/%2e%2e/x", "dropped");
    EXPECT_EQ(bench.shelf.kept.at("wandb/runs/p/r/a.txt"), "abc");
    EXPECT_TRUE(bench.shelf.kept.contains("")); // read, and nowhere
    const auto uploads = bench.service->uploads();
    ASSERT_EQ(uploads.size(), 1u);
    EXPECT_EQ(uploads[0].location, "wandb/runs/p/r/");
    EXPECT_EQ(uploads[0].files[0].digest, sha256("abc").text());
}

TEST(Service, comes_back_to_what_an_earlier_life_was_told) {
    ServiceBench bench;
    bench.begin_run();
    bench.push_rows(0, 3);
    bench.call("PUT", "/upload/run/p/r/a.txt", "abc");
    bench.curve.clear();
    bench.start();
    bench.push_rows(0, 5); // the SDK repeats what it heard no answer to
    bench.look();
    const auto runs = bench.service->runs();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].metrics.at("loss").count, 5);
    EXPECT_EQ(bench.curve.size(), 5u);
    EXPECT_EQ(bench.service->uploads().at(0).files[0].digest, sha256("abc").text());
}

TEST(Service, reads_files_of_offline_runs_when_nothing_more_is_written) {
    ServiceBench bench;
    bench.scratch.write("workspace/sub/wandb/offline-run-1-x/run-x.wandb", bench.offline_file());
    bench.scratch.write("workspace/wandb/run-2-y/run-y.wandb", "no such file");
    bench.look();
    EXPECT_TRUE(bench.service->runs().empty());
    bench.service->finish();
    bench.look();
    bench.look();
    const auto runs = bench.service->runs();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].name, "first");
    EXPECT_EQ(runs[0].status, "finished");
    EXPECT_EQ(runs[0].metrics.at("loss").count, 3);
    EXPECT_EQ(bench.curve.size(), 3u);
    const auto files = bench.service->files();
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].folder, "sub/wandb/offline-run-1-x");
    EXPECT_EQ(files[0].run_id, runs[0].run_id);
    EXPECT_EQ(files[1].run_id, "");
    ASSERT_EQ(bench.service->gaps().size(), 1u);
    EXPECT_NE(bench.service->gaps()[0].sentence.find("run-y.wandb: it is no such file"),
              std::string::npos);
}

} // namespace
} // namespace pedigree::trackers::wandb
