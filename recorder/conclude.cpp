#include "recorder/conclude.h"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/untrusted_folder.h"
#include "recorder/uploads.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

namespace pod = records::pod;

constexpr std::size_t termination_bytes_max = 4096;
constexpr std::size_t termination_message_bytes_max = 2000;

void add_gaps(const Conclusion& end, std::vector<pod::ObservedGap>& gaps) {
    const auto count = [&](const char* counter) {
        const auto found = end.seen.counters.find(counter);
        return found == end.seen.counters.end() ? 0 : found->second;
    };
    const auto add = [&](const std::string& sentence) {
        gaps.push_back({"NotSeenByRecorder", sentence});
    };
    if (end.appends_left > 0) {
        add(fmt::format("{} calls that were kept while MLflow was away did not reach it",
                        end.appends_left));
    }
    if (count("appendsLost") > 0) {
        add(fmt::format("{} calls that were kept while MLflow was away were refused by it later",
                        count("appendsLost")));
    }
    if (count("unanswered") > 0) {
        add(fmt::format("{} calls to MLflow were not answered in time", count("unanswered")));
    }
    if (end.seen.log.dropped_bytes + end.report.dropped_bytes > 0) {
        add(fmt::format("{} bytes of the log were dropped",
                        end.seen.log.dropped_bytes + end.report.dropped_bytes));
    }
    if (!end.log_complete) {
        add("the end of the log did not reach the artifact store");
    }
    if (end.report.oom_kills > 0) {
        add(fmt::format("the kernel killed {} processes of the command for memory "
                        "(spec.resources.memory): what they were to do is missing",
                        end.report.oom_kills));
    }
    if (end.report.processes_left) {
        add("a process that the command left could not be ended: it may have changed outputs "
            "while they were read");
    }
    if (end.report.exit_code < 0) {
        add("the launcher ended without its last report: its word on exit code and use is missing");
    }
}

// A folder with a path that no manifest can hold has no digest, so no record can name it.
void add_uploads(const Observations& seen, pod::Bundle& bundle) {
    for (auto& artifact : uploaded_artifacts(seen)) {
        if (artifact.digest.empty()) {
            bundle.gaps.push_back(
                {"NotSeenByRecorder", artifact.location + " holds a path that cannot stand in a "
                                                          "manifest; its bytes are not recorded"});
        } else {
            bundle.artifacts.push_back(std::move(artifact));
        }
    }
}

} // namespace

Result<pod::LauncherReport> read_report(const Places& places) {
    TRY(const auto exchange, UntrustedFolder::open(places.exchange()));
    TRY(const std::string text, exchange.read(pod::report_file_name, report_bytes_max));
    TRY(const Json document, parse_json(text));
    return pod::launcher_report_from(document);
}

pod::Bundle make_bundle(const Settings& settings, Conclusion end, const std::string& finished_at) {
    pod::Bundle bundle;
    bundle.pod_uid = settings.pod_uid;
    bundle.started_at = end.seen.started_at;
    bundle.finished_at = finished_at;
    bundle.complete = end.outputs.complete && end.log_complete && end.appends_left == 0;
    bundle.inputs = end.seen.inputs;
    for (const auto& [id, seen] : end.seen.runs) {
        if (!settings.config.mlflow || id != settings.config.mlflow->parent_run_id) {
            bundle.runs.push_back(seen.run);
        }
    }
    bundle.objective = std::move(end.seen.objective.points);
    bundle.artifacts = std::move(end.outputs.artifacts);
    bundle.log = end.seen.log;
    bundle.log.key = pod::log_key(settings.config.artifact_store.prefix, settings.pod_uid);
    bundle.log.dropped_bytes += end.report.dropped_bytes;
    bundle.launcher = end.report;
    bundle.launcher.stderr_tail = redacted(bundle.launcher.stderr_tail);
    bundle.launcher.error = redacted(bundle.launcher.error);
    bundle.gaps = end.seen.gaps;
    bundle.gaps.insert(bundle.gaps.end(), end.outputs.gaps.begin(), end.outputs.gaps.end());
    add_uploads(end.seen, bundle);
    add_gaps(end, bundle.gaps);
    bundle.counters = end.seen.counters;
    return bundle;
}

pod::Termination put_bundle(artifacts::S3Client& store, const Settings& settings,
                            const pod::Bundle& bundle, std::stop_token stop) {
    const std::string bytes = canonical_json(pod::to_json(bundle));
    const auto& target = settings.config.artifact_store;
    const artifacts::S3Object object{target.bucket,
                                     pod::bundle_key(target.prefix, settings.pod_uid)};
    pod::Termination termination;
    termination.component = "Recorder";
    if (const auto put = store.put(object, bytes, stop); !put) {
        termination.failure_class = FailureClass::Infrastructure;
        termination.reason = "ArtifactStoreUnreachable";
        termination.message =
            redacted(put.error().message).substr(0, termination_message_bytes_max);
        return termination;
    }
    termination.bundle_digest = sha256(bytes).text();
    termination.complete = bundle.complete;
    return termination;
}

void write_termination(const Places& places, const pod::Termination& termination) {
    pod::Termination shown = termination;
    shown.message = redacted(shown.message).substr(0, termination_message_bytes_max);
    const std::string text =
        pod::to_json(shown).dump(-1, ' ', false, Json::error_handler_t::replace);
    std::ofstream(places.termination_log(), std::ios::binary | std::ios::trunc)
        << text.substr(0, termination_bytes_max);
}

} // namespace pedigree::recorder
