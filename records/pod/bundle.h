#pragma once
// Bundle: everything the recorder observed in one pod, written at the end to the artifact store
// under bundle_key(pod uid); its digest stands in the recorder's termination message. However much
// a script logs, that document stays small: long lists stand in pages (bundle_pages.h), named here
// by their digests. The operator turns it into ledger events. `asserted` follows from the list an
// entry stands in: inputs, artifacts and models were hashed by the recorder, the launcher's report
// is the word of user code.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/failure_class.h"
#include "base/json.h"
#include "base/metric_value.h"

namespace pedigree::records::pod {

struct PodConfig;

struct ObservedInput {
    std::string name;
    std::string digest;
    std::int64_t bytes = 0;
    std::int64_t files = 1;
};

// One value that a script logged.
struct MetricPoint {
    std::int64_t step = 0;
    MetricValue value;
};

struct ObservedMetric {
    std::int64_t count = 0;
    MetricValue last, min, max;
    std::int64_t last_step = 0;
    MetricValue first;
    // Of `count` values, in the order seen: the first, the last, the least, the greatest, and of
    // the rest as many as a record keeps (trackers/metric_series.h). Empty where only the numbers
    // above are kept.
    std::vector<MetricPoint> points = {};
};

// Of a search: one value of the metric that its trials are compared by.
struct ObjectivePoint {
    std::int64_t step = 0; // rises from point to point
    MetricValue value;
};
constexpr std::size_t objective_points_max = 256;

struct ObservedRun {
    std::string tracker = "MLflow";
    // Its tracker's own id; of TensorBoard, the folder of its files below the working directory
    // ("." is that itself).
    std::string run_id;
    std::string experiment_id;
    std::string parent_run_id;
    std::string name;
    std::string status; // as the script last set it; "" if it never did
    std::map<std::string, std::string> parameters;
    std::map<std::string, ObservedMetric> metrics;
    std::int64_t parameter_count = 0, metric_count = 0; // also of those that stand in pages
    std::map<std::string, std::int64_t> logged;         // what else: "images": 3
    // No server knows it: it is known by the recorder of this pod alone, from files of the script
    // or from what that told the pod's own endpoint.
    bool in_files = false;
};

struct ObservedFile {
    std::string path; // relative to the artifact's or model's root
    std::string digest;
    std::int64_t bytes = 0;
};

// An output of the spec, or what a script uploaded to its tracker.
struct ObservedArtifact {
    std::string name;
    std::string kind;     // Model, Checkpoint, Artifact
    std::string source;   // "Output", or the tracker that it was logged for
    std::string run_id;   // the run, or MLflow's logged model, that it was logged to
    std::string location; // s3://bucket/key-prefix/ or mlflow-artifacts:/...
    std::string digest;   // of the manifest (folder) or the file
    std::vector<ObservedFile> files;
    std::int64_t file_count = 0, bytes = 0; // also of those that stand in pages
};

struct ObservedLog {
    std::string key;           // in the artifact store: prefix of the segments
    std::int64_t segments = 0; // <key>0000001.out to <key>NNNNNNN.out
    std::int64_t bytes = 0;
    std::int64_t dropped_bytes = 0;
};

struct ObservedGap {
    std::string kind; // a GapKind word
    std::string sentence;
};

// Written continuously by the launcher; the last one before the end counts.
struct LauncherReport {
    std::int64_t exit_code = -1; // -1 while running
    std::int64_t signal = 0;
    bool started = false; // false: the command could not be executed; `error` says why
    std::string error;
    std::string started_at, finished_at; // UTC with six decimals
    std::int64_t user_cpu_ms = 0, system_cpu_ms = 0, memory_bytes_max = 0;
    std::int64_t output_bytes = 0;  // written by the command to stdout and stderr
    std::int64_t dropped_bytes = 0; // of these not kept in segments: nobody shipped them in time
    std::int64_t oom_kills = 0;     // processes that the kernel killed for memory, children too
    bool processes_left = false;    // something of the command could not be ended
    std::string stderr_tail;
    std::string failure_hint; // CudaOutOfMemory, OutOfMemory, DeadlineExceeded or ""
    std::map<std::string, std::string> hardware;
};

// A document with more of the bundle, at page_key(): {"artifacts": [...], "runs": [...]}.
struct BundlePage {
    std::string digest;
    std::int64_t bytes = 0;
};

struct Bundle {
    std::string pod_uid;
    std::string started_at, finished_at;
    bool complete = false; // cut short (drain deadline, killed): the gaps say what is missing
    std::vector<ObservedInput> inputs;
    std::vector<ObservedRun> runs;
    std::vector<ObjectivePoint> objective; // in the order seen, thinned to objective_points_max
    // Of a search: that metric over all runs, also where those stand in pages. Absent: it was never
    // logged, or the recorder is an earlier one.
    std::optional<ObservedMetric> objective_summary;
    std::vector<ObservedArtifact> artifacts;
    ObservedLog log;
    LauncherReport launcher;
    std::vector<ObservedGap> gaps;
    std::map<std::string, std::int64_t> counters; // requests forwarded, refused, retried ...
    // Not empty: the points of metrics stand there alone; and if that was not enough, so do
    // parameters, metrics and files, and runs and artifacts beyond those listed above.
    std::vector<BundlePage> pages;
    std::int64_t run_count = 0, artifact_count = 0; // here and in pages
};

// Below <prefix>attempts/<uid>/: bundle.json, bundle/00001.json ..., log/, outputs/<name>/,
// uploads/<path of a tracker's endpoint>/
// Below <prefix>logs/<project>/<experiment>/<begin>-<trial>-<attempt>/: what the script wrote for a
// tracker that reads files, under its own paths, and config.json; `begin` is 20261130T093000Z.
std::string bundle_key(const std::string& prefix, const std::string& pod_uid);
std::string page_key(const std::string& prefix, const std::string& pod_uid, std::size_t number);
std::string log_key(const std::string& prefix, const std::string& pod_uid);
std::string output_key(const std::string& prefix, const std::string& pod_uid,
                       const std::string& output_name);
std::string upload_key(const std::string& prefix, const std::string& pod_uid);
std::string followed_key(const PodConfig& config, const std::string& started_at);

Json to_json(const Bundle& bundle);
Result<Bundle> bundle_from(const Json& document);
Json to_json(const LauncherReport& report);
Result<LauncherReport> launcher_report_from(const Json& document);

// What prepare and recorder write to /dev/termination-log (at most 4096 bytes of JSON), for the
// pod's status: {"component","failure":{"class","reason","message"}} and
// {"bundle":"sha256:...","complete"}.
struct Termination {
    std::string component;                           // Prepare or Recorder
    FailureClass failure_class = FailureClass::None; // of what went wrong, if something did
    std::string reason, message;                     // empty when well
    std::string bundle_digest;
    bool complete = false;
};
Json to_json(const Termination& termination);
Result<Termination> termination_from(const Json& document);

} // namespace pedigree::records::pod
