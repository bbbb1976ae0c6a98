#include "trackers/clearml/service.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/clearml/calls.h"
#include "tests/unit/trackers/memory_shelf.h"

namespace pedigree::trackers::clearml {
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
        service = serve({.objective_metric = "loss/train",
                         .endpoint_url = "http://h/clearml",
                         .pod_uid = "pod",
                         .journal = scratch.path() / "journal",
                         .shelf = &shelf});
        EXPECT_TRUE(service->open());
    }
    FakeExchange call(const std::string& method, const std::string& path, const std::string& body,
                      const std::string& type = "application/json") {
        FakeExchange exchange(method, "/clearml" + path, body);
        exchange.asked.headers.add("Content-Type", type);
        service->endpoint()->handle(exchange, path);
        return exchange;
    }
    Json ask(const std::string& name, const Json& body) {
        const FakeExchange answered = call("POST", "/api/v2.23/" + name, json_text(body));
        EXPECT_EQ(answered.answer.status, 200) << answered.answer.body;
        return at_path(parse_json(answered.answer.body).value_or(Json()), {"data"});
    }
    std::string begin_task() {
        const Json project = ask("projects.create", {{"name", "mnist"}});
        const std::string id =
            ask("tasks.create",
                {{"name", "first"}, {"type", "training"}, {"project", project["id"]}})["id"];
        ask("tasks.started", {{"task", id}});
        return id;
    }
    void push(const std::string& task, std::int64_t step, double value) {
        call("POST", "/api/v2.23/events.add_batch", json_text(scalar(task, step, value)) + "\n");
    }
    FakeExchange upload(const std::string& path, const std::string& bytes) {
        return call("POST", "/files",
                    "--b\r\nContent-Disposition: form-data; name=\"/" + path + "\"\r\n\r\n" +
                        bytes + "\r\n--b--\r\n",
                    "multipart/form-data; boundary=b");
    }
    void look() {
        const auto workspace = UntrustedFolder::open(scratch.path() / "workspace");
        service->look(*workspace, news, {});
    }
    std::uintmax_t journal_bytes() const {
        return std::filesystem::file_size(scratch.path() / "journal/calls");
    }

    Scratch scratch;
    MemoryShelf shelf;
    std::unique_ptr<Follower> service;
    FollowNews news;
    std::vector<ObservedRun> told;
    std::vector<std::pair<std::int64_t, std::string>> curve;
};

TEST(ClearmlService, TellsOfATaskOnceForEachChangeAndOfEachValueOfTheObjective) {
    ServiceBench bench;
    bench.look();
    EXPECT_TRUE(bench.told.empty());
    const std::string id = bench.begin_task();
    bench.push(id, 0, 2);
    bench.look();
    bench.look();
    ASSERT_EQ(bench.told.size(), 1u);
    EXPECT_EQ(bench.told[0].run_id, id);
    EXPECT_EQ(bench.told[0].status, "");
    EXPECT_TRUE(bench.told[0].metrics.at("loss/train").points.empty());
    bench.push(id, 1, 1);
    bench.look();
    bench.ask("tasks.completed", {{"task", id}});
    bench.look();
    ASSERT_EQ(bench.told.size(), 3u);
    EXPECT_EQ(bench.told[2].status, "completed");
    EXPECT_EQ(bench.curve, (std::vector<std::pair<std::int64_t, std::string>>{{0, "2"}, {1, "1"}}));
    EXPECT_EQ(bench.service->runs().at(0).metrics.at("loss/train").points.size(), 2u);
    EXPECT_TRUE(bench.service->gaps().empty());
}

TEST(ClearmlService, PutsUploadsOnTheShelfAndListsThem) {
    ServiceBench bench;
    const std::string id = bench.begin_task();
    EXPECT_EQ(bench.upload("mnist/first." + id + "/a b/c.bin", "abc").answer.status, 200);
    EXPECT_EQ(bench.upload("../x", "abc").answer.status, 400);
    EXPECT_EQ(bench.shelf.kept.size(), 1u);
    EXPECT_EQ(bench.shelf.kept.at("clearml/files/mnist/first." + id + "/a b/c.bin"), "abc");
    const auto uploads = bench.service->uploads();
    ASSERT_EQ(uploads.size(), 1u);
    EXPECT_EQ(uploads[0].location, "clearml/files/mnist/first." + id + "/");
    EXPECT_EQ(uploads[0].files.at(0).path, "a b/c.bin");
    EXPECT_EQ(uploads[0].files.at(0).digest, sha256("abc").text());
}

TEST(ClearmlService, GivesBackWhatCameAndNothingElse) {
    ServiceBench bench;
    const std::string id = bench.begin_task();
    bench.upload("mnist/first." + id + "/a b/ä.bin", "abc");
    const std::string address = "/files/mnist/first." + id + "/a%20b/%C3%A4.bin";
    EXPECT_EQ(bench.call("GET", address, "").answer.body, "abc");
    EXPECT_EQ(bench.call("HEAD", address, "").answer.status, 200);
    bench.start(); // a recorder that starts again
    EXPECT_EQ(bench.call("GET", address, "").answer.body, "abc");
    bench.shelf.kept["wandb/secret"] = "another tracker's";
    for (const char* other : {"/files/mnist/other", "/files/../wandb/secret",
                              "/files/..%2F..%2Fwandb%2Fsecret", "/files//etc/passwd"}) {
        EXPECT_EQ(bench.call("GET", other, "").answer.status, 404) << other;
    }
}

TEST(ClearmlService, ComesBackToWhatAnEarlierLifeWasTold) {
    ServiceBench bench;
    const std::string id = bench.begin_task();
    bench.push(id, 0, 2);
    bench.push(id, 1, 1);
    bench.upload("mnist/first." + id + "/a.bin", "abc");
    bench.call("POST", "/api/v2.23/events.add_batch", std::string(call_bytes_max + 1, 'x'));
    bench.curve.clear();
    bench.start();
    bench.push(id, 1, 1); // the SDK repeats what it heard no answer to
    bench.push(id, 2, 0.5);
    bench.look();
    const auto runs = bench.service->runs();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].run_id, id);
    EXPECT_EQ(runs[0].metrics.at("loss/train").count, 3);
    EXPECT_EQ(bench.service->uploads().at(0).files.at(0).digest, sha256("abc").text());
    ASSERT_EQ(bench.service->gaps().size(), 1u);
    EXPECT_EQ(bench.service->gaps()[0].sentence, "ClearML: 1 calls that could not be read");
}

TEST(ClearmlService, WhatOnlyAsksIsNotWrittenDown) {
    ServiceBench bench;
    const std::string id = bench.begin_task();
    const auto before = bench.journal_bytes();
    bench.ask("tasks.get_by_id", {{"task", id}});
    bench.ask("tasks.get_all", {{"id", {id}}});
    bench.ask("tasks.ping", {{"task", id}});
    bench.ask("auth.login", Json::object());
    bench.call("POST", "/api/v2.23/tasks.clone", R"({"task":"x"})"); // refused
    EXPECT_EQ(bench.journal_bytes(), before);
    bench.push(id, 0, 1);
    EXPECT_GT(bench.journal_bytes(), before);
}

TEST(ClearmlService, APathThatIsNoneOfItsIsNotFound) {
    ServiceBench bench;
    EXPECT_EQ(bench.call("GET", "/web/projects", "").answer.status, 404);
    EXPECT_EQ(bench.call("DELETE", "/files/a", "").answer.status, 404);
    EXPECT_EQ(bench.call("GET", "/files/a", "").answer.status, 404);
}

} // namespace
} // namespace pedigree::trackers::clearml
