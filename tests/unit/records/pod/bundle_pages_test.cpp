// However much a script logs, its bundle stays small and nothing of it is lost.

#include "records/pod/bundle_pages.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"

namespace pedigree::records::pod {
namespace {

ObservedArtifact artifact_of(const std::string& name, std::size_t files) {
    ObservedArtifact artifact;
    artifact.name = name;
    artifact.source = "Output";
    artifact.location = "s3://b/" + name + "/";
    artifact.digest = sha256(name).text();
    const std::string digest = sha256("file").text();
    for (std::size_t i = 0; i < files; ++i) {
        artifact.files.push_back({"folder/file-" + std::to_string(1000000 + i), digest, 2});
    }
    return artifact;
}

ObservedRun run_of(const std::string& id, std::size_t parameters, std::size_t metrics,
                   std::size_t value_bytes = 10) {
    const ObservedMetric half{1, MetricValue(0.5), MetricValue(0.5), MetricValue(0.5), 0};
    ObservedRun run;
    run.run_id = id;
    for (std::size_t i = 0; i < parameters; ++i) {
        run.parameters["p" + std::to_string(i)] = std::string(value_bytes, 'v');
    }
    for (std::size_t i = 0; i < metrics; ++i) {
        run.metrics["m" + std::to_string(i) + std::string(200, 'x')] = half;
    }
    return run;
}

struct Written {
    Bundle bundle;
    std::vector<std::string> pages;
    std::string bytes;
};
Written write(const Bundle& whole, PageLimits limits = {}) {
    Written out;
    const auto bundle = paged(
        whole,
        [&](std::size_t number, const std::string& bytes) -> Status {
            EXPECT_EQ(number, out.pages.size() + 1);
            EXPECT_LE(bytes.size(), limits.page_bytes_max);
            out.pages.push_back(bytes);
            return {};
        },
        limits);
    EXPECT_TRUE(bundle);
    out.bytes = canonical_json(to_json(*bundle));
    EXPECT_LE(out.bytes.size(), limits.bundle_bytes_max);
    out.bundle = *bundle_from(*parse_json(out.bytes));
    return out;
}

void expect_all_of_it(const Bundle& whole, Written written) {
    for (std::size_t i = 0; i < written.pages.size(); ++i) {
        ASSERT_TRUE(add_page(written.bundle, i + 1, written.pages[i]));
    }
    ASSERT_EQ(written.bundle.runs.size(), whole.runs.size());
    ASSERT_EQ(written.bundle.artifacts.size(), whole.artifacts.size());
    for (std::size_t i = 0; i < whole.runs.size(); ++i) {
        EXPECT_EQ(written.bundle.runs[i].run_id, whole.runs[i].run_id);
        EXPECT_EQ(written.bundle.runs[i].parameters, whole.runs[i].parameters);
        EXPECT_EQ(written.bundle.runs[i].metrics.size(), whole.runs[i].metrics.size());
    }
    for (std::size_t i = 0; i < whole.artifacts.size(); ++i) {
        const auto& before = whole.artifacts[i].files;
        const auto& after = written.bundle.artifacts[i].files;
        ASSERT_EQ(after.size(), before.size());
        EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin(),
                               [](const auto& a, const auto& b) { return a.path == b.path; }));
    }
}

TEST(BundlePages, a_small_bundle_stands_whole) {
    Bundle whole;
    whole.runs = {run_of("r", 20, 20)};
    whole.artifacts = {artifact_of("model", 20)};
    const auto written = write(whole);
    EXPECT_TRUE(written.pages.empty());
    EXPECT_EQ(written.bundle.artifacts[0].files.size(), 20u);
    EXPECT_EQ(written.bundle.artifacts[0].bytes, 40);
    EXPECT_EQ(written.bundle.run_count, 1);
    expect_all_of_it(whole, written);
}

TEST(BundlePages, what_was_seen_to_be_too_much_is_not) {
    Bundle whole;
    whole.runs = {run_of("r", 200, 5000, 6000)};
    whole.artifacts = {artifact_of("many", 16000)};
    const auto written = write(whole);
    EXPECT_EQ(written.bundle.runs[0].parameter_count, 200);
    EXPECT_EQ(written.bundle.runs[0].metric_count, 5000);
    EXPECT_EQ(written.bundle.artifacts[0].file_count, 16000);
    EXPECT_TRUE(written.bundle.runs[0].parameters.empty());
    expect_all_of_it(whole, written);
}

TEST(BundlePages, hundred_thousand_files_and_ten_thousand_runs) {
    Bundle whole;
    whole.artifacts = {artifact_of("many", 100000)};
    for (int i = 0; i < 10000; ++i) {
        whole.runs.push_back(run_of("run-" + std::to_string(i), 1, 1));
    }
    const auto written = write(whole);
    EXPECT_EQ(written.bundle.run_count, 10000);
    EXPECT_LT(written.bundle.runs.size(), 10000u);
    EXPECT_EQ(written.bundle.artifacts[0].file_count, 100000);
    expect_all_of_it(whole, written);
}

// Whatever the sizes: below, at and above each bound nothing is lost and no bound is broken.
TEST(BundlePages, every_size_around_the_bounds_holds) {
    const PageLimits limits{.bundle_bytes_max = 6000, .page_bytes_max = 3000};
    bool whole_once = false, paged_once = false;
    for (std::size_t files = 0; files < 60; ++files) {
        Bundle whole;
        whole.artifacts = {artifact_of("a", files), artifact_of("b", 1)};
        whole.runs = {run_of("r", files % 7, files % 3)};
        const auto written = write(whole, limits);
        (written.pages.empty() ? whole_once : paged_once) = true;
        expect_all_of_it(whole, written);
    }
    EXPECT_TRUE(whole_once && paged_once);
}

TEST(BundlePages, texts_that_grow_in_json_are_counted_as_they_will_be) {
    Bundle whole;
    ObservedRun run = run_of("r", 0, 0);
    for (int i = 0; i < 300; ++i) {
        run.parameters["ü" + std::to_string(i)] =
            std::string(1000, '\x01') + std::string(1000, '"') + "\xf0\x9f\x98\x80\xe6\xbc\xa2";
    }
    whole.runs = {run};
    expect_all_of_it(whole, write(whole, {.bundle_bytes_max = 20000, .page_bytes_max = 20000}));
}

ObservedRun curves_of(const std::string& tracker, std::size_t metrics, std::size_t points) {
    ObservedRun run = run_of("logs", 3, metrics);
    run.tracker = tracker;
    run.in_files = true;
    for (auto& [key, metric] : run.metrics) {
        for (std::size_t i = 0; i < points; ++i) {
            metric.points.push_back({static_cast<std::int64_t>(i), MetricValue(1.0 / 3)});
        }
    }
    return run;
}

TEST(BundlePages, the_points_of_metrics_go_first_and_come_back) {
    Bundle whole;
    whole.runs = {curves_of("TensorBoard", 200, 512), curves_of("Other", 1, 512),
                  run_of("logs", 1, 1)};
    whole.artifacts = {artifact_of("model", 20)};
    auto written = write(whole);
    EXPECT_FALSE(written.pages.empty());
    ASSERT_EQ(written.bundle.runs.size(), 3u);
    EXPECT_EQ(written.bundle.runs[0].metrics.size(), 200u); // all but their points
    EXPECT_EQ(written.bundle.runs[0].parameters.size(), 3u);
    EXPECT_EQ(written.bundle.artifacts[0].files.size(), 20u);
    expect_all_of_it(whole, written);
    for (std::size_t i = 0; i < written.pages.size(); ++i) {
        ASSERT_TRUE(add_page(written.bundle, i + 1, written.pages[i]));
    }
    EXPECT_EQ(written.bundle.runs.size(), 3u); // the same id, of three trackers
    for (std::size_t i = 0; i < 2; ++i) {
        for (const auto& [key, metric] : written.bundle.runs[i].metrics) {
            EXPECT_EQ(metric.points.size(), 512u);
        }
    }
}

TEST(BundlePages, points_and_all_else_beyond_the_bound_come_back_too) {
    Bundle whole;
    whole.runs = {curves_of("TensorBoard", 5000, 20)};
    whole.artifacts = {artifact_of("many", 16000)};
    const auto written = write(whole);
    EXPECT_TRUE(written.bundle.runs[0].metrics.empty());
    expect_all_of_it(whole, written);
}

TEST(BundlePages, every_number_of_points_around_the_bounds_holds) {
    const PageLimits limits{.bundle_bytes_max = 6000, .page_bytes_max = 3000};
    for (std::size_t points = 0; points < 40; ++points) {
        Bundle whole;
        whole.runs = {curves_of("TensorBoard", 1 + points % 9, points)};
        expect_all_of_it(whole, write(whole, limits));
    }
}

TEST(BundlePages, another_page_is_refused) {
    Bundle whole;
    whole.artifacts = {artifact_of("many", 20000)};
    auto written = write(whole);
    EXPECT_EQ(add_page(written.bundle, 1, written.pages[0] + " ").error().code, ErrorCode::Corrupt);
    EXPECT_FALSE(add_page(written.bundle, 0, written.pages[0]));
    EXPECT_FALSE(add_page(written.bundle, written.pages.size() + 1, written.pages[0]));
}

} // namespace
} // namespace pedigree::records::pod
