#include "recorder/followers.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "artifacts/manifest.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/tensorboard/cases.h"
#include "trackers/tensorboard/event_run.h"
#include "trackers/tensorboard/record.h"

namespace pedigree::recorder {
namespace {

using trackers::tensorboard::event_file;

constexpr const char* trial_file = "workspace/logs/run-0/events.out.tfevents.1";

struct FollowersBench {
    FollowersBench()
        : http([this](const FakeHttp::Asked& asked) -> Result<net::Response> {
              return net::Response{asked.url.ends_with(refused) ? 403 : 200, {}, ""};
          }),
          store(http, {.endpoint = "http://s", .credentials = {"k", Secret("s"), {}}}) {
        settings.pod_uid = "pod";
        settings.places = Places(scratch.path());
        settings.config.project = "mnist";
        settings.config.experiment_name = "mnist-1";
        settings.config.trial = 2;
        settings.config.parameters_json = R"({"lr":0.1})";
        settings.config.artifact_store.bucket = "b";
        settings.config.artifact_store.prefix = "p/";
        EXPECT_TRUE(notebook.open(scratch.path() / "journal/notes"));
        scratch.write("workspace/train.py", "");
        scratch.write(trial_file, event_file("hparam_tuning_run-0"));
    }
    UploadedOutputs upload(Followers& followers) {
        return followers.upload(store, "2026-11-30T09:30:00.123456Z", {});
    }

    Scratch scratch;
    Settings settings;
    std::string refused = "nothing";
    FakeHttp http;
    Notebook notebook;
    artifacts::S3Client store;
};

TEST(Followers, what_stands_in_files_is_noted_while_it_is_written_and_never_as_a_run_of_a_server) {
    FollowersBench bench;
    bench.settings.config.objective_metric = "accuracy";
    Followers followers(bench.settings, bench.notebook);
    followers.look({});
    const Observations seen = bench.notebook.seen();
    const auto& run = seen.followed.at({"TensorBoard", "logs/run-0"}).run;
    EXPECT_EQ(run.metrics.at("accuracy").count, 3);
    EXPECT_TRUE(seen.runs.empty());
    EXPECT_EQ(seen.curve().points.size(), 3u);
}

TEST(Followers, a_restarted_recorder_reads_the_files_again_and_counts_nothing_twice) {
    FollowersBench bench;
    {
        Followers followers(bench.settings, bench.notebook);
        followers.look({});
    }
    Notebook again;
    ASSERT_TRUE(again.open(bench.scratch.path() / "journal/notes"));
    Followers followers(bench.settings, again);
    followers.finish({});
    EXPECT_EQ(again.seen().followed.begin()->second.run.metrics.at("accuracy").count, 3);
    EXPECT_EQ(followers.runs().at(0).metrics.at("accuracy").count, 3);
}

TEST(Followers, the_end_finds_what_came_a_moment_before_it) {
    FollowersBench bench;
    Followers followers(bench.settings, bench.notebook);
    followers.look({});
    bench.scratch.write("workspace/late/events.out.tfevents.2", event_file("tf1"));
    followers.finish({});
    EXPECT_EQ(followers.runs().size(), 2u);
}

TEST(Followers, the_files_are_kept_under_their_own_paths_with_a_config_beside_them) {
    FollowersBench bench;
    bench.scratch.write("workspace/logs/events.out.tfevents.1", event_file("hparam_tuning"));
    Followers followers(bench.settings, bench.notebook);
    followers.finish({});
    const auto kept = bench.upload(followers);
    EXPECT_TRUE(kept.complete);
    ASSERT_EQ(kept.artifacts.size(), 2u);
    const auto& run = kept.artifacts[1];
    EXPECT_EQ(run.name, "logs/run-0");
    EXPECT_EQ(run.run_id, "logs/run-0");
    EXPECT_EQ(run.source, "TensorBoard");
    EXPECT_EQ(run.location, "s3://b/p/logs/mnist/mnist-1/20261130T093000Z-2-1/logs/run-0/");
    ASSERT_EQ(run.files.size(), 2u); // and the end of its HParams session
    EXPECT_EQ(run.files[0].digest, sha256(event_file("hparam_tuning_run-0")).text());
    EXPECT_EQ(kept.artifacts[0].run_id, ""); // of HParams' experiment no run comes
    const auto& config = bench.http.asked.back();
    EXPECT_EQ(config.url, "http://s/b/p/logs/mnist/mnist-1/20261130T093000Z-2-1/config.json");
    EXPECT_EQ(parse_json(config.body)->at("parameters").at("lr"), 0.1);
    EXPECT_EQ(bench.http.asked[1].url, "http://s/b/p/logs/mnist/mnist-1/20261130T093000Z-2-1/"
                                       "logs/run-0/events.out.tfevents.1");
}

// Keras' callback says SUCCESS when fit() is over, whatever becomes of the script then.
TEST(Followers, the_copy_of_a_session_says_how_the_attempt_ended) {
    for (const auto& [exit_code, status] :
         {std::pair{0, "SUCCESS"}, std::pair{1, "FAILURE"}, {-1, "FAILURE"}}) {
        FollowersBench bench;
        bench.scratch.write(trial_file, event_file("keras"));
        Followers followers(bench.settings, bench.notebook);
        followers.finish({});
        followers.command_ended(exit_code);
        const auto kept = bench.upload(followers);
        ASSERT_EQ(kept.artifacts.size(), 1u);
        ASSERT_EQ(kept.artifacts[0].files.size(), 2u);
        trackers::tensorboard::EventRun copy("logs");
        trackers::tensorboard::Room room;
        for (std::size_t i = 0; i < 2; ++i) {
            std::string_view bytes = bench.http.asked[i].body;
            EXPECT_EQ(kept.artifacts[0].files[i].digest, sha256(bytes).text());
            for (auto frame = trackers::tensorboard::first_frame(bytes);
                 frame.kind == trackers::tensorboard::FrameKind::Record;
                 frame = trackers::tensorboard::first_frame(bytes)) {
                copy.take(frame.record, room, [](const auto&) {});
                bytes.remove_prefix(frame.bytes);
            }
        }
        const auto run = copy.observed(trackers::tensorboard::EventRun::Points::Leave);
        EXPECT_EQ(run.status, status);
        EXPECT_EQ(run.parameters.size(), 2u);
        EXPECT_EQ(followers.runs().at(0).status, "SUCCESS"); // the script's own word
    }
}

TEST(Followers, without_event_files_nothing_is_put) {
    FollowersBench bench;
    std::filesystem::remove_all(bench.scratch.path() / "workspace/logs");
    Followers followers(bench.settings, bench.notebook);
    followers.finish({});
    EXPECT_TRUE(bench.upload(followers).artifacts.empty());
    EXPECT_TRUE(bench.http.asked.empty());
}

TEST(Followers, what_is_gone_or_refused_is_said) {
    FollowersBench bench;
    bench.scratch.write("workspace/gone/events.out.tfevents.1", event_file("tf1"));
    bench.scratch.write("workspace/refused/events.out.tfevents.1", event_file("tf1"));
    bench.refused = "/refused/events.out.tfevents.1";
    Followers followers(bench.settings, bench.notebook);
    followers.finish({});
    std::filesystem::remove_all(bench.scratch.path() / "workspace/gone");
    const auto kept = bench.upload(followers);
    EXPECT_EQ(kept.artifacts.size(), 1u);
    ASSERT_EQ(kept.gaps.size(), 2u);
    EXPECT_NE(kept.gaps[0].sentence.find("gone/events.out.tfevents.1 was not kept"),
              std::string::npos);
    EXPECT_EQ(followers.runs().size(), 3u); // what was read of them stays
}

// As an SDK of W&B would.
void log_to_wandb(Followers& followers) {
    const auto call = [&](const std::string& method, const std::string& path,
                          const std::string& body) {
        FakeExchange exchange(method, "/wandb" + path, body);
        EXPECT_TRUE(followers.answer(exchange));
        EXPECT_EQ(exchange.answer.status, 200);
    };
    call("POST", "/graphql",
         R"j({"query":"mutation UpsertBucket {x}","variables":{"name":"r","project":"p"}})j");
    call(
        "POST", "/files/pedigree/p/r/file_stream",
        R"j({"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"loss\":2,\"_step\":0}"]}}})j");
    call("PUT", "/upload/run/p/r/output.log", "words");
}

TEST(Followers, calls_below_a_trackers_path_are_its_endpoints_and_no_others) {
    FollowersBench bench;
    Followers followers(bench.settings, bench.notebook);
    ASSERT_TRUE(followers.open(bench.store));
    for (const char* path : {"/api/2.0/mlflow/runs/create", "/wandb", "/wandbx/graphql", "/"}) {
        FakeExchange other("POST", path, "{}");
        EXPECT_FALSE(followers.answer(other)) << path;
    }
    log_to_wandb(followers);
    followers.look({});
    const Observations seen = bench.notebook.seen();
    EXPECT_EQ(seen.followed.at({"W&B", "p/r"}).run.metrics.at("loss").last.text(), "2");
    EXPECT_TRUE(seen.runs.empty());
}

// As an SDK of ClearML would.
TEST(Followers, a_task_of_clearml_and_its_file_are_a_run_and_its_artifact) {
    FollowersBench bench;
    Followers followers(bench.settings, bench.notebook);
    ASSERT_TRUE(followers.open(bench.store));
    const auto call = [&](const std::string& path, const std::string& body) {
        FakeExchange exchange("POST", "/clearml" + path, body);
        exchange.asked.headers.add("Content-Type", "multipart/form-data; boundary=b");
        EXPECT_TRUE(followers.answer(exchange));
        EXPECT_EQ(exchange.answer.status, 200);
        return parse_json(exchange.answer.body).value_or(Json());
    };
    const std::string task =
        call("/api/v2.23/tasks.create", R"({"name":"n","type":"training"})").at("data").at("id");
    call("/files", "--b\r\nContent-Disposition: form-data; name=\"/p/n." + task +
                       "/a.bin\"\r\n\r\nwords\r\n--b--\r\n");
    followers.look({});
    EXPECT_EQ(bench.notebook.seen().followed.at({"ClearML", task}).run.name, "n");
    followers.finish({});
    const auto kept = bench.upload(followers);
    EXPECT_EQ(kept.artifacts.at(0).location,
              "s3://b/p/attempts/pod/uploads/clearml/files/p/n." + task + "/");
    EXPECT_EQ(kept.artifacts.at(0).digest, sha256(sha256("words").hex() + "  a.bin\n").text());
    EXPECT_EQ(kept.artifacts.at(0).run_id, task);
}

TEST(Followers, each_endpoint_is_where_the_pods_environment_says) {
    std::map<std::string, std::string> environment;
    for (const auto& [name, value] : trackers::pod_environment({.recorder_url = "http://r"})) {
        EXPECT_TRUE(environment.emplace(name, value).second) << name; // no two set the same
    }
    EXPECT_EQ(environment.at("WANDB_BASE_URL"), "http://r/wandb");
    EXPECT_EQ(environment.at("CLEARML_API_HOST"), "http://r/clearml/api");
    EXPECT_EQ(environment.at("CLEARML_FILES_HOST"), "http://r/clearml/files");
}

TEST(Followers, what_was_uploaded_to_an_endpoint_is_an_artifact_of_its_run) {
    FollowersBench bench;
    Followers followers(bench.settings, bench.notebook);
    ASSERT_TRUE(followers.open(bench.store));
    log_to_wandb(followers);
    followers.finish({});
    const auto kept = bench.upload(followers);
    EXPECT_TRUE(kept.complete);
    ASSERT_EQ(kept.artifacts.size(), 2u); // and TensorBoard's file
    EXPECT_EQ(kept.artifacts[0].name, "p/r/files");
    EXPECT_EQ(kept.artifacts[0].run_id, "p/r");
    EXPECT_EQ(kept.artifacts[0].location, "s3://b/p/attempts/pod/uploads/wandb/runs/p/r/");
    EXPECT_EQ(kept.artifacts[0].digest, sha256(sha256("words").hex() + "  output.log\n").text());
    EXPECT_EQ(bench.http.asked[0].url,
              "http://s/b/p/attempts/pod/uploads/wandb/runs/p/r/output.log");
}

TEST(Followers, an_endpoint_that_was_closed_takes_nothing_and_counts) {
    FollowersBench bench;
    Followers followers(bench.settings, bench.notebook);
    ASSERT_TRUE(followers.open(bench.store));
    followers.close();
    FakeExchange late("POST", "/wandb/graphql", "{}");
    EXPECT_TRUE(followers.answer(late));
    EXPECT_EQ(late.answer.status, 503);
    EXPECT_EQ(bench.notebook.seen().counters.at("afterTheEnd"), 1);
}

TEST(Followers, a_working_directory_that_is_not_there_yet_holds_nothing) {
    FollowersBench bench;
    std::filesystem::remove_all(bench.scratch.path() / "workspace");
    Followers followers(bench.settings, bench.notebook);
    EXPECT_FALSE(followers.look({}));
}

} // namespace
} // namespace pedigree::recorder
