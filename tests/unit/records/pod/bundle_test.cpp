#include "records/pod/bundle.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"

namespace pedigree::records::pod {
namespace {

Bundle full_bundle() {
    Bundle bundle;
    bundle.pod_uid = "p";
    bundle.started_at = "2026-01-01T00:00:00.000000Z";
    bundle.finished_at = "2026-01-01T00:00:01.000000Z";
    bundle.complete = true;
    bundle.inputs.push_back({"mnist", sha256("input").text(), 12, 1});
    ObservedRun run;
    run.run_id = "r";
    run.experiment_id = "1";
    run.parent_run_id = "parent";
    run.name = "lr 0.1";
    run.status = "FINISHED";
    run.parameters = {{"lr", "0.1"}};
    run.metrics["loss"] = {3, MetricValue(0.1), MetricValue(0.1), MetricValue(0.9), 2};
    bundle.runs.push_back(run);
    bundle.objective = {{0, MetricValue(0.9)}, {1, MetricValue(std::nan(""))}};
    bundle.artifacts.push_back({"model",
                                "Model",
                                "Output",
                                "",
                                "s3://b/k/",
                                sha256("manifest").text(),
                                {{"weights.h5", sha256("weights").text(), 9}}});
    bundle.log = {"attempts/p/log/", 2, 100, 5};
    bundle.launcher.exit_code = 3;
    bundle.launcher.started = true;
    bundle.launcher.output_bytes = 105;
    bundle.launcher.hardware = {{"cpuModel", "x"}};
    bundle.gaps.push_back({"NotSeenByRecorder", "two files"});
    bundle.counters = {{"forwarded", 4}};
    return bundle;
}

TEST(Bundle, every_field_survives_the_way_through_json) {
    const Json document = to_json(full_bundle());
    const auto again = bundle_from(document);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), document);
    EXPECT_EQ(again->runs.at(0).metrics.at("loss").last_step, 2);
    EXPECT_EQ(again->artifacts.at(0).files.at(0).path, "weights.h5");
    EXPECT_EQ(again->launcher.output_bytes, 105);
    EXPECT_EQ(again->objective.at(1).step, 1);
    EXPECT_EQ(again->objective.at(1).value.text(), "NaN");
}

// Bundles that were written before there were searches, and lie in a store.
TEST(Bundle, without_an_objective_has_no_points) {
    Json document = to_json(full_bundle());
    document.erase("objective");
    const auto bundle = bundle_from(document);
    ASSERT_TRUE(bundle) << bundle.error().message;
    EXPECT_TRUE(bundle->objective.empty());
}

TEST(Bundle, leaves_out_runs_without_an_id_and_says_so) {
    Bundle bundle = full_bundle();
    const std::size_t runs = bundle.runs.size(), gaps = bundle.gaps.size();
    bundle.runs.push_back(bundle.runs.front());
    bundle.runs.back().run_id.clear();
    const auto read = bundle_from(to_json(bundle));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->runs.size(), runs);
    ASSERT_EQ(read->gaps.size(), gaps + 1);
    EXPECT_EQ(read->gaps.back().sentence,
              "1 runs have no id; their parameters and metrics are not in the record");
}

TEST(Bundle, a_file_of_an_impossible_size_is_refused) {
    for (const std::int64_t bytes : {std::int64_t{-1}, INT64_MAX}) {
        Bundle bundle = full_bundle();
        bundle.artifacts[0].files[0].bytes = bytes;
        const auto refused = bundle_from(to_json(bundle));
        ASSERT_FALSE(refused) << bytes;
        EXPECT_EQ(refused.error().message, "artifacts[0].files[0].bytes: is no size of a file");
    }
}

TEST(Bundle, a_document_without_a_report_is_refused) {
    Json document = to_json(full_bundle());
    document.erase("launcher");
    EXPECT_FALSE(bundle_from(document));
}

struct Refused {
    const char* place; // JSON pointer
    Json value;
    const char* message; // begins so
};

class RefusedBundle : public testing::TestWithParam<Refused> {};

// What stands for a digest becomes the name of a node of the graph, for ever.
TEST_P(RefusedBundle, names_the_field) {
    Json document = to_json(full_bundle());
    document[Json::json_pointer(GetParam().place)] = GetParam().value;
    const auto bundle = bundle_from(document);
    ASSERT_FALSE(bundle);
    EXPECT_EQ(bundle.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(bundle.error().message, testing::StartsWith(GetParam().message));
    EXPECT_LT(bundle.error().message.size(), 300u);
}

const std::string some_hex = sha256("").hex();

INSTANTIATE_TEST_SUITE_P(
    Documents, RefusedBundle,
    testing::Values(
        Refused{"/inputs/0/digest", "sha256:11", "inputs[0].digest: "},
        Refused{"/inputs/0/digest", nullptr, "inputs[0].digest: is missing"},
        Refused{"/inputs/0/digest", 7, "inputs[0].digest: a string is expected"},
        Refused{"/artifacts/0/digest", "", "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", some_hex, "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", "md5:" + some_hex, "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", "sha256:" + some_hex + "0", "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", "sha256:" + std::string(64, 'A'), "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", "sha256:" + std::string(64, 'g'), "artifacts[0].digest: "},
        Refused{"/artifacts/0/digest", std::string(100'000, 'x'), "artifacts[0].digest: "},
        Refused{"/artifacts/0/files/0/digest", "weights.h5", "artifacts[0].files[0].digest: "},
        Refused{"/runs/0/metrics/loss", "low", "runs[0].metrics.loss: an object is expected"},
        Refused{"/objective/1/value", 0.5, "objective[1].value: a string is expected"},
        Refused{"/objective/1/value", "many",
                "objective[1].value: is no number, NaN, Infinity or -Infinity"},
        Refused{"/objective/0/step", nullptr, "objective[0].step: is missing"},
        Refused{"/launcher/signal", "9", "launcher.signal: an integer is expected"},
        Refused{"/log", Json::array(), "log: an object is expected"},
        Refused{"/gaps", std::vector<int>(100'001), "gaps: has more than 100000 elements"}));

TEST(Bundle, keys_lie_under_the_attempt) {
    EXPECT_EQ(bundle_key("x/", "uid"), "x/attempts/uid/bundle.json");
    EXPECT_EQ(log_key("", "uid"), "attempts/uid/log/");
    EXPECT_EQ(output_key("", "uid", "model"), "attempts/uid/outputs/model/");
}

TEST(Termination, says_either_the_failure_or_the_bundle) {
    const Termination failed{
        "Prepare", FailureClass::Configuration, "DigestMismatch", "input mnist ...", "", false};
    const Json document = to_json(failed);
    EXPECT_FALSE(document.contains("bundle"));
    const auto again = termination_from(document);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->reason, "DigestMismatch");
    EXPECT_EQ(again->failure_class, FailureClass::Configuration);

    const std::string digest = sha256("bundle").text();
    const auto well = termination_from(
        to_json(Termination{"Recorder", FailureClass::None, "", "", digest, true}));
    ASSERT_TRUE(well);
    EXPECT_EQ(well->bundle_digest, digest);
    EXPECT_TRUE(well->complete);
    EXPECT_TRUE(well->reason.empty());
}

} // namespace
} // namespace pedigree::records::pod
