// Every command prints JSON in one envelope, as its schema in docs/api says.

#include <filesystem>
#include <set>

#include <gmock/gmock.h>

#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

const std::string read_api = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/";
const std::string samples_folder = checkout_path("manifests/samples/");

std::string trace_case(const std::string& name) {
    return read_file(case_path(fmt::format("records/trace/{}.json", name))).value();
}

// A cluster that has something to say to each of them.
struct FullCluster : FakeCluster {
    FullCluster() {
        Json object = experiment_object({.name = "mnist-4", .phase = "Running"});
        object["metadata"]["managedFields"] = Json::array({1});
        api.put(experiments, object);
        api.put(k8s::events, {{"metadata", {{"name", "e"}, {"namespace", "vision"}}},
                              {"type", "Normal"},
                              {"reason", "Training"},
                              {"message", "it trains"},
                              {"lastTimestamp", "2026-01-31T11:58:00Z"}});
        texts[read_api + "progress/mnist-4"] =
            Json{{"attempts", {{{"trial", 1}, {"number", 1}, {"stage", "Started"}}}}}.dump();
        texts[read_api + "traces/exp%3Amnist-4"] = trace_case("search");
        texts[read_api + "models/-?limit=500"] =
            Json{{"asOf", 7},
                 {"truncated", false},
                 {"items", {{{"digest", "sha256:a"}, {"attributes", {{"files", 3}}}}}}}
                .dump();
        texts[read_api + "runs/-?experiment=mnist-4&limit=500"] =
            Json{{"asOf", 7}, {"items", {{{"uid", "r"}, {"trial", 1}}}}}.dump();
        texts[read_api + "metrics/mnist-4"] =
            Json{{"kind", "MetricList"},
                 {"experiment", "mnist-4"},
                 {"trial", 1},
                 {"attempt", 1},
                 {"items", {{{"key", "loss"}, {"points", {{{"step", 1}, {"value", 0.5}}}}}}}}
                .dump();
        texts[read_api + "trials/mnist-4"] = trials().dump();
    }

    static Json trials() {
        const Json space = {{{"name", "lr"}, {"type", "Float"}, {"min", 0.1}, {"max", 1.0}}};
        return {{"kind", "TrialList"},
                {"experiment", "mnist-4"},
                {"uid", "uid-mnist-4"},
                {"search",
                 {{"objective", {{"metric", "loss"}, {"goal", "Minimize"}}},
                  {"space", space},
                  {"algorithm", {{"name", "Random"}, {"seed", 3}}},
                  {"maxTrials", 4}}},
                {"objective", {{"metric", "loss"}, {"goal", "Minimize"}}},
                {"best", Json()},
                {"maxTrials", 4},
                {"items",
                 {{{"trial", 1},
                   {"state", "Running"},
                   {"parameters", {{"lr", 0.5}}},
                   {"value", Json()},
                   {"attempts", 1}}}}};
    }
};

TEST(Output, IsWhatItsSchemaSays) {
    const std::vector<std::vector<std::string>> lines{
        {"trace", "exp/mnist-4"},
        {"find"},
        {"trials", "mnist-4"},
        {"trials", "mnist-4", "--importance"},
        {"runs", "mnist-4"},
        {"top"},
        {"metrics", "mnist-4"},
        {"compare", "mnist-4/1", "mnist-4/1", "--all"},
        {"describe", "mnist-4"},
        {"lint", samples_folder + "minimal.yaml", samples_folder + "illegal/bad-name.yaml"},
        {"explain", "E0120"},
        {"version", "--client"}};
    std::set<std::string> kinds;
    for (std::vector<std::string> words : lines) {
        FullCluster fake;
        words.insert(words.end(), {"-o", "json"});
        const auto code = fake.run(words);
        ASSERT_TRUE(code) << words.front() << ": " << code.error().message;
        SCOPED_TRACE(testing::PrintToString(words));
        kinds.insert(string_or(expect_schema(fake.out.str()), "kind"));
    }
    EXPECT_EQ(kinds.size(), lines.size()); // each has its own
}

TEST(Output, EachSchemaStandsOnThePage) {
    const std::filesystem::path folder = checkout_path("docs/api");
    const std::string page = read_file(folder / "README.md").value();
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() == ".json") {
            EXPECT_THAT(page, testing::HasSubstr(file.path().filename().string()));
        }
    }
}

TEST(Output, WhatCannotBeAskedForIsNullAndNotEmpty) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running"}));
    ASSERT_TRUE(fake.run({"describe", "mnist-1", "-o", "json"}));
    EXPECT_TRUE(expect_schema(fake.out.str())["attempts"].is_null());
}

} // namespace
} // namespace pedigree::cli
