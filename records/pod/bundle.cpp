#include "records/pod/bundle.h"

#include "base/digest.h"
#include "records/pod/bundle_pages.h"
#include "records/pod/config.h"
#include "records/pod/launcher_fields.h"

namespace pedigree::records::pod {
namespace {

// 64 TiB: more than any object store takes, and small enough that a list's sum fits.
constexpr std::int64_t file_bytes_max = std::int64_t{1} << 46;

Status possible_size(std::int64_t bytes) {
    if (bytes < 0 || bytes > file_bytes_max) {
        return failure(ErrorCode::InvalidInput, "is no size of a file");
    }
    return {};
}

} // namespace

template <typename Visit, Is<ObservedInput> Self>
void describe(Visit& visit, Self& input) {
    visit.required("name", input.name);
    visit.required("digest", input.digest, Digest::parse);
    visit("bytes", input.bytes);
    visit("files", input.files);
}

template <typename Visit, Is<MetricPoint> Self>
void describe(Visit& visit, Self& point) {
    visit.required("step", point.step);
    visit.required("value", point.value);
}

template <typename Visit, Is<ObservedMetric> Self>
void describe(Visit& visit, Self& metric) {
    visit.required("count", metric.count);
    visit("last", metric.last);
    visit("min", metric.min);
    visit("max", metric.max);
    visit("lastStep", metric.last_step);
    visit("first", metric.first);
    visit("points", metric.points);
}

template <typename Visit, Is<ObjectivePoint> Self>
void describe(Visit& visit, Self& point) {
    visit.required("step", point.step);
    visit.required("value", point.value);
}

template <typename Visit, Is<ObservedRun> Self>
void describe(Visit& visit, Self& run) {
    visit("tracker", run.tracker);
    visit.required("runId", run.run_id);
    visit("experimentId", run.experiment_id);
    visit("parentRunId", run.parent_run_id);
    visit("name", run.name);
    visit("status", run.status);
    visit("parameters", run.parameters);
    visit("metrics", run.metrics);
    visit("parameterCount", run.parameter_count);
    visit("metricCount", run.metric_count);
    visit("logged", run.logged);
    visit("inFiles", run.in_files);
}

template <typename Visit, Is<ObservedFile> Self>
void describe(Visit& visit, Self& file) {
    visit.required("path", file.path);
    visit.required("digest", file.digest, Digest::parse);
    visit.required("bytes", file.bytes, possible_size);
}

template <typename Visit, Is<ObservedArtifact> Self>
void describe(Visit& visit, Self& artifact) {
    visit.required("name", artifact.name);
    visit("kind", artifact.kind);
    visit("source", artifact.source);
    visit("runId", artifact.run_id);
    visit("location", artifact.location);
    visit.required("digest", artifact.digest, Digest::parse);
    visit("files", artifact.files);
    visit("fileCount", artifact.file_count);
    visit("bytes", artifact.bytes);
}

template <typename Visit, Is<ObservedGap> Self>
void describe(Visit& visit, Self& gap) {
    visit.required("kind", gap.kind);
    visit("sentence", gap.sentence);
}

template <typename Visit, Is<ObservedLog> Self>
void describe(Visit& visit, Self& log) {
    visit("key", log.key);
    visit("segments", log.segments);
    visit("bytes", log.bytes);
    visit("droppedBytes", log.dropped_bytes);
}

template <typename Visit, Is<BundlePage> Self>
void describe(Visit& visit, Self& page) {
    visit.required("digest", page.digest, Digest::parse);
    visit.required("bytes", page.bytes, possible_size);
}

template <typename Visit, Is<Bundle> Self>
void describe(Visit& visit, Self& bundle) {
    visit.required("podUid", bundle.pod_uid);
    visit("startedAt", bundle.started_at);
    visit("finishedAt", bundle.finished_at);
    visit.required("complete", bundle.complete);
    visit("inputs", bundle.inputs);
    visit("runs", bundle.runs);
    visit("objective", bundle.objective);
    visit("objectiveSummary", bundle.objective_summary);
    visit("artifacts", bundle.artifacts);
    visit("log", bundle.log);
    visit.required("launcher", bundle.launcher);
    visit("gaps", bundle.gaps);
    visit("counters", bundle.counters);
    visit("pages", bundle.pages);
    visit("runCount", bundle.run_count);
    visit("artifactCount", bundle.artifact_count);
}

std::string bundle_key(const std::string& prefix, const std::string& pod_uid) {
    return prefix + "attempts/" + pod_uid + "/bundle.json";
}

std::string page_key(const std::string& prefix, const std::string& pod_uid, std::size_t number) {
    return fmt::format("{}attempts/{}/bundle/{:05}.json", prefix, pod_uid, number);
}

std::string log_key(const std::string& prefix, const std::string& pod_uid) {
    return prefix + "attempts/" + pod_uid + "/log/";
}

std::string output_key(const std::string& prefix, const std::string& pod_uid,
                       const std::string& output_name) {
    return prefix + "attempts/" + pod_uid + "/outputs/" + output_name + "/";
}

std::string upload_key(const std::string& prefix, const std::string& pod_uid) {
    return prefix + "attempts/" + pod_uid + "/uploads/";
}

std::string followed_key(const PodConfig& config, const std::string& started_at) {
    std::string begin = started_at.substr(0, started_at.find_first_of(".Z"));
    std::erase_if(begin, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("{}logs/{}/{}/{}Z-{}-{}/", config.artifact_store.prefix, config.project,
                       config.experiment_name, begin, config.trial, config.attempt);
}

Json to_json(const Bundle& bundle) {
    return encoded(bundle);
}

namespace {

// A run without a name cannot be told from another one without.
void drop_nameless_runs(Bundle& bundle) {
    const auto nameless =
        std::erase_if(bundle.runs, [](const ObservedRun& run) { return run.run_id.empty(); });
    if (nameless > 0) {
        bundle.gaps.push_back(
            {"NotSeenByRecorder",
             fmt::format("{} runs have no id; their parameters and metrics are not in the record",
                         nameless)});
    }
}

} // namespace

Result<Bundle> bundle_from(const Json& document) {
    TRY(Bundle bundle, decoded<Bundle>(document));
    drop_nameless_runs(bundle);
    return bundle;
}

namespace {

struct Page {
    std::vector<ObservedRun> runs;
    std::vector<ObservedArtifact> artifacts;
};

template <typename Visit, Is<Page> Self>
void describe(Visit& visit, Self& page) {
    visit("runs", page.runs);
    visit("artifacts", page.artifacts);
}

} // namespace

Json page_json(const Bundle& part) {
    return encoded(Page{part.runs, part.artifacts});
}

Result<Bundle> page_from(const Json& document) {
    TRY(Page page, decoded<Page>(document));
    Bundle part;
    part.runs = std::move(page.runs);
    part.artifacts = std::move(page.artifacts);
    return part;
}

} // namespace pedigree::records::pod
