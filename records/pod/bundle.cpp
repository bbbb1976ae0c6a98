#include "records/pod/bundle.h"

#include "records/pod/fields.h"

namespace pedigree::records::pod {
namespace {

Json encode(const ObservedInput& input) {
    return {{"name", input.name},
            {"digest", input.digest},
            {"bytes", input.bytes},
            {"files", input.files}};
}

Json encode(const ObservedMetric& metric) {
    return {{"count", metric.count},
            {"last", metric.last},
            {"min", metric.min},
            {"max", metric.max},
            {"lastStep", metric.last_step}};
}

Json encode(const ObservedRun& run) {
    Json metrics = Json::object();
    for (const auto& [key, metric] : run.metrics) {
        metrics[key] = encode(metric);
    }
    return {{"tracker", run.tracker},
            {"runId", run.run_id},
            {"experimentId", run.experiment_id},
            {"parentRunId", run.parent_run_id},
            {"name", run.name},
            {"status", run.status},
            {"parameters", run.parameters},
            {"metrics", std::move(metrics)}};
}

Json encode(const ObservedFile& file) {
    return {{"path", file.path}, {"digest", file.digest}, {"bytes", file.bytes}};
}

Json encode(const ObservedGap& gap) {
    return {{"kind", gap.kind}, {"sentence", gap.sentence}};
}

Json encode(const ObservedArtifact& artifact);

template <typename T>
Json encode_list(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) {
        list.push_back(encode(value));
    }
    return list;
}

Json encode(const ObservedArtifact& artifact) {
    return {{"name", artifact.name},
            {"kind", artifact.kind},
            {"source", artifact.source},
            {"runId", artifact.run_id},
            {"location", artifact.location},
            {"digest", artifact.digest},
            {"files", encode_list(artifact.files)}};
}

Json encode(const ObservedLog& log) {
    return {{"key", log.key},
            {"segments", log.segments},
            {"bytes", log.bytes},
            {"droppedBytes", log.dropped_bytes}};
}

Result<ObservedInput> decode_input(const Json& document) {
    ObservedInput input;
    TRY(input.name, string_field(document, "name"));
    TRY(input.digest, string_field(document, "digest"));
    TRY(read(document, "bytes", input.bytes));
    TRY(read(document, "files", input.files));
    return input;
}

Result<ObservedMetric> decode_metric(const Json& document) {
    ObservedMetric metric;
    TRY(metric.count, integer_field(document, "count"));
    TRY(read(document, "last", metric.last));
    TRY(read(document, "min", metric.min));
    TRY(read(document, "max", metric.max));
    TRY(read(document, "lastStep", metric.last_step));
    return metric;
}

Result<ObservedRun> decode_run(const Json& document) {
    ObservedRun run;
    TRY(read(document, "tracker", run.tracker));
    TRY(run.run_id, string_field(document, "runId"));
    TRY(read(document, "experimentId", run.experiment_id));
    TRY(read(document, "parentRunId", run.parent_run_id));
    TRY(read(document, "name", run.name));
    TRY(read(document, "status", run.status));
    TRY(read(document, "parameters", run.parameters));
    const Json& metrics = at_path(document, {"metrics"});
    if (metrics.is_object()) {
        for (const auto& [key, value] : metrics.items()) {
            TRY(ObservedMetric metric, decode_metric(value));
            run.metrics.emplace(key, std::move(metric));
        }
    }
    return run;
}

Result<ObservedFile> decode_file(const Json& document) {
    ObservedFile file;
    TRY(file.path, string_field(document, "path"));
    TRY(file.digest, string_field(document, "digest"));
    TRY(read(document, "bytes", file.bytes));
    return file;
}

Result<ObservedArtifact> decode_artifact(const Json& document) {
    ObservedArtifact artifact;
    TRY(artifact.name, string_field(document, "name"));
    TRY(read(document, "kind", artifact.kind));
    TRY(read(document, "source", artifact.source));
    TRY(read(document, "runId", artifact.run_id));
    TRY(read(document, "location", artifact.location));
    TRY(artifact.digest, string_field(document, "digest"));
    TRY(read_list(document, "files", artifact.files, decode_file));
    return artifact;
}

Result<ObservedGap> decode_gap(const Json& document) {
    ObservedGap gap;
    TRY(gap.kind, string_field(document, "kind"));
    TRY(read(document, "sentence", gap.sentence));
    return gap;
}

Status decode_log(const Json& document, ObservedLog& log) {
    TRY(read(document, "key", log.key));
    TRY(read(document, "segments", log.segments));
    TRY(read(document, "bytes", log.bytes));
    return read(document, "droppedBytes", log.dropped_bytes);
}

Status decode_counters(const Json& document, std::map<std::string, std::int64_t>& counters) {
    if (!document.is_object()) {
        return {};
    }
    for (const auto& [key, value] : document.items()) {
        TRY(const std::int64_t count, integer_field(document, key));
        counters.emplace(key, count);
    }
    return {};
}

} // namespace

std::string bundle_key(const std::string& prefix, const std::string& pod_uid) {
    return prefix + "attempts/" + pod_uid + "/bundle.json";
}

std::string log_key(const std::string& prefix, const std::string& pod_uid) {
    return prefix + "attempts/" + pod_uid + "/log/";
}

std::string output_key(const std::string& prefix, const std::string& pod_uid,
                       const std::string& output_name) {
    return prefix + "attempts/" + pod_uid + "/outputs/" + output_name + "/";
}

Json to_json(const Bundle& bundle) {
    return {{"podUid", bundle.pod_uid},
            {"startedAt", bundle.started_at},
            {"finishedAt", bundle.finished_at},
            {"complete", bundle.complete},
            {"inputs", encode_list(bundle.inputs)},
            {"runs", encode_list(bundle.runs)},
            {"artifacts", encode_list(bundle.artifacts)},
            {"log", encode(bundle.log)},
            {"launcher", to_json(bundle.launcher)},
            {"gaps", encode_list(bundle.gaps)},
            {"counters", bundle.counters}};
}

Result<Bundle> bundle_from(const Json& document) {
    Bundle bundle;
    TRY(bundle.pod_uid, string_field(document, "podUid"));
    TRY(read(document, "startedAt", bundle.started_at));
    TRY(read(document, "finishedAt", bundle.finished_at));
    TRY(bundle.complete, bool_field(document, "complete"));
    TRY(read_list(document, "inputs", bundle.inputs, decode_input));
    TRY(read_list(document, "runs", bundle.runs, decode_run));
    TRY(read_list(document, "artifacts", bundle.artifacts, decode_artifact));
    TRY(decode_log(at_path(document, {"log"}), bundle.log));
    TRY(bundle.launcher, launcher_report_from(at_path(document, {"launcher"})));
    TRY(read_list(document, "gaps", bundle.gaps, decode_gap));
    TRY(decode_counters(at_path(document, {"counters"}), bundle.counters));
    return bundle;
}

} // namespace pedigree::records::pod
