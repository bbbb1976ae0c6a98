#include "cli/experiment/experiment_table.h"

#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

TEST(Get, PrintsTheColumnsOfKubectl) {
    FakeCluster fake;
    Json object =
        experiment_object({.phase = "Succeeded", .reason = "Completed", .message = "done"});
    object["status"]["progress"] = "12/50";
    object["status"]["best"] = {{"value", "0.98"}};
    object["status"]["resolved"] = {{"commit", "4f2a0c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a3"},
                                    {"image", "r.example.com/x@sha256:0"}};
    fake.api.put(experiments, object);
    fake.api.put(experiments, experiment_object({.name = "mnist-2"}));
    ASSERT_TRUE(fake.run({"get"}));
    EXPECT_EQ(fake.out.str(),
              "NAME      PHASE       REASON      TRIALS   BEST   COMMIT         AGE\n"
              "mnist-1   Succeeded   Completed   12/50    0.98   4f2a0c1d9e8b   5m\n"
              "mnist-2   New                                                    5m\n");
    EXPECT_EQ(fake.err.str(), "");
}

TEST(Get, TheBestIsRoundedAndWideHasAllOfIt) {
    FakeCluster fake;
    Json object = experiment_object({.phase = "Running"});
    object["status"]["best"] = {{"value", "0.98123456789"}};
    fake.api.put(experiments, object);
    ASSERT_TRUE(fake.run({"get"}));
    EXPECT_THAT(fake.out.str(), HasSubstr(" 0.981235 "));
    ASSERT_TRUE(fake.run({"get", "-o", "wide"}));
    EXPECT_THAT(fake.out.str(), HasSubstr(" 0.98123456789 "));
}

TEST(Get, WideAndAllNamespacesAddColumns) {
    const Json object = experiment_object({.phase = "Running", .message = "epoch 2 of 3"});
    const Table table = experiments_table({object}, *parse_instant("2026-01-31T12:00:00Z"),
                                          {.with_namespace = true, .wide = true});
    EXPECT_THAT(table.header,
                testing::ElementsAre("NAMESPACE", "NAME", "PHASE", "REASON", "TRIALS", "BEST",
                                     "COMMIT", "AGE", "DURATION", "IMAGE", "QUEUE", "MESSAGE"));
    EXPECT_EQ(table.rows[0].front().text, "vision");
    EXPECT_EQ(table.rows[0].back().text, "epoch 2 of 3");
}

TEST(Get, TheDurationIsFromItsCreationToItsEnd) {
    const Instant now = *parse_instant("2026-01-31T12:00:00Z");
    EXPECT_EQ(experiment_from(experiment_object({.phase = "Running"})).duration(now),
              std::chrono::minutes(5));
    Json object = experiment_object({.phase = "Failed"});
    for (Json& condition : object["status"]["conditions"]) {
        condition["lastTransitionTime"] = "2026-01-31T11:56:30Z";
    }
    const Table table = experiments_table({object}, now, {.with_namespace = false, .wide = true});
    EXPECT_EQ(table.rows[0][7].text, "90s");
}

TEST(Get, NothingIsSaidOnStandardError) {
    FakeCluster fake;
    ASSERT_EQ(*fake.run({"get"}), ExitCode::Ok);
    EXPECT_EQ(fake.out.str(), "");
    EXPECT_EQ(fake.err.str(), "no Experiments found in namespace vision\n");
}

TEST(Get, ProjectAndLabelsAreAskedOfTheServer) {
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"get", "-A", "--project", "mnist", "-l", "team=v"}));
    ASSERT_EQ(fake.api.list_options.size(), 1U);
    EXPECT_EQ(fake.api.list_options[0].name_space, "");
    EXPECT_EQ(fake.api.list_options[0].field_selector, "spec.project=mnist");
    EXPECT_EQ(fake.api.list_options[0].label_selector, "team=v");
}

TEST(Get, DocumentsCarryTheirTypeAndNoUnreadMetadata) {
    FakeCluster fake;
    Json object = experiment_object({});
    object["metadata"]["managedFields"] = Json::array({1});
    object.erase("kind"); // items of a list have none
    fake.api.put(experiments, object);
    ASSERT_TRUE(fake.run({"get", "exp/mnist-1", "-o", "json"}));
    const Json printed = Json::parse(fake.out.str());
    EXPECT_EQ(printed["kind"], "Experiment");
    EXPECT_FALSE(printed["metadata"].contains("managedFields"));

    FakeCluster all;
    all.api.put(experiments, object);
    ASSERT_TRUE(all.run({"get", "-o", "json"}));
    EXPECT_EQ(Json::parse(all.out.str())["items"][0]["apiVersion"], "pedigree.dev/v1alpha1");
}

TEST(Get, NamesCanBeGivenToKubectl) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({}));
    ASSERT_TRUE(fake.run({"get", "-o", "name"}));
    EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/mnist-1\n");
    EXPECT_EQ(experiment_name("experiment.pedigree.dev/mnist-1"), "mnist-1");
}

TEST(Get, AMissingOneIsNamed) {
    FakeCluster fake;
    const auto outcome = fake.run({"get", "mnist-7"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::NotFound);
    EXPECT_THAT(outcome.error().message, HasSubstr("vision/mnist-7"));
}

// What `pedigree get -w` prints until Ctrl-C.
std::string watched(FakeCluster& fake, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"get", "-w"};
    words.insert(words.end(), more.begin(), more.end());
    fake.silence_max = std::chrono::minutes(1);
    fake.api.when_nothing_comes = [&] { fake.stop.request_stop(); };
    const auto code = fake.run(words);
    EXPECT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Interrupted);
    return fake.out.str();
}

TEST(GetWatch, GoesOnWithWhatChanges) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.name = "mnist-1", .phase = "Running"}));
    Json gone = experiment_object({.name = "mnist-1", .phase = "Succeeded"});
    gone["deleted"] = true;
    fake.api.coming = {
        experiment_object({.name = "mnist-1", .phase = "Running", .message = "no column"}),
        experiment_object({.name = "mnist-1", .phase = "Succeeded"}),
        experiment_object({.name = "mnist-2"}), gone};
    EXPECT_EQ(watched(fake), "NAME      PHASE     REASON   TRIALS   BEST   COMMIT   AGE\n"
                             "mnist-1   Running                                     5m\n"
                             "mnist-1   Succeeded                                     5m\n"
                             "mnist-2   New                                           5m\n"
                             "mnist-1   Deleted                                       5m\n");
}

TEST(GetWatch, ABrokenWatchIsTakenUpAgainAndNothingIsSaidTwice) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.name = "mnist-1", .phase = "Running"}));
    fake.api.coming = {experiment_object({.name = "mnist-1", .phase = "Sealing"}), nullptr};
    EXPECT_EQ(watched(fake, {"-o", "name"}), "experiment.pedigree.dev/mnist-1\n"
                                             "experiment.pedigree.dev/mnist-1\n");
    EXPECT_EQ(fake.api.watches, 2);
}

TEST(GetWatch, AServerThatStaysAwayEndsIt) {
    FakeCluster fake; // which bears no silence
    fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
    const auto code = fake.run({"get", "-w"});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Unreachable);
}

TEST(GetWatch, ANameThatThereIsNotIsAnError) {
    FakeCluster fake;
    EXPECT_EQ(exit_code_of(fake.run({"get", "-w", "mnist-9"}).error()), ExitCode::NotFound);
    EXPECT_EQ(*fake.run({"get", "-w", "a-1", "b-1"}), ExitCode::Usage);
}

} // namespace
} // namespace pedigree::cli
