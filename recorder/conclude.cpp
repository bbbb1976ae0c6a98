#include "recorder/conclude.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "base/untrusted_folder.h"
#include "recorder/launcher_word.h"
#include "recorder/uploads.h"
#include "records/pod/bundle_pages.h"
#include "records/pod/paths.h"
#include "records/pod/signature.h"

namespace pedigree::recorder {
namespace {

namespace pod = records::pod;

constexpr std::size_t termination_bytes_max = 4096;
constexpr std::size_t termination_message_bytes_max = 2000;
constexpr std::size_t words_named_max = 10;
constexpr std::size_t bundle_gaps_max = 200;
constexpr std::size_t gap_bytes_max = 1000;

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < std::min(words.size(), words_named_max); ++i) {
        text += (i == 0 ? "" : ", ") + words[i];
    }
    return text + (words.size() > words_named_max ? " ..." : "");
}

// What the script wrote to, or said, beyond what this record holds.
void add_gaps_of_calls(const Observations& seen, std::vector<pod::ObservedGap>& gaps) {
    const auto count = [&](const char* counter) {
        const auto found = seen.counters.find(counter);
        return found == seen.counters.end() ? 0 : found->second;
    };
    const auto add = [&](const std::string& sentence) {
        gaps.push_back({"NotSeenByRecorder", sentence});
    };
    if (!seen.fields_left_out.empty()) {
        add("fields of calls to MLflow that this recorder does not know were not passed on: " +
            listed({seen.fields_left_out.begin(), seen.fields_left_out.end()}));
    }
    for (const auto& [counter, what] : {std::pair{"parametersBeyondLimit", "parameters"},
                                        {"metricKeysBeyondLimit", "metric values of further names"},
                                        {"uploadsBeyondLimit", "uploaded files"},
                                        {"runsBeyondLimit", "runs"},
                                        {"gapsBeyondLimit", "gaps"}}) {
        if (count(counter) > 0) {
            add(fmt::format("{} {} are more than a record holds and do not stand in it",
                            count(counter), what));
        }
    }
    if (count("afterTheEnd") > 0) {
        add(fmt::format("the command went on after its report had said that it had ended: {} calls "
                        "that came later were refused",
                        count("afterTheEnd")));
    }
}

void add_gaps(const Observations& seen, const Conclusion& end,
              std::vector<pod::ObservedGap>& gaps) {
    const auto count = [&](const char* counter) {
        const auto found = seen.counters.find(counter);
        return found == seen.counters.end() ? 0 : found->second;
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
    if (seen.log.dropped_bytes + end.report.dropped_bytes > 0) {
        add(fmt::format("{} bytes of the log were dropped",
                        seen.log.dropped_bytes + end.report.dropped_bytes));
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

void bound_gaps(std::vector<pod::ObservedGap>& gaps) {
    if (gaps.size() > bundle_gaps_max) {
        const auto more = gaps.size() - bundle_gaps_max + 1;
        gaps.resize(bundle_gaps_max - 1);
        gaps.push_back({"NotSeenByRecorder", fmt::format("{} more gaps of this kind", more)});
    }
    for (auto& gap : gaps) {
        gap.sentence = clean_text(gap.sentence, gap_bytes_max);
    }
}

std::string bytes_of(const pod::Bundle& bundle, const std::optional<Secret>& key) {
    const Json document = pod::to_json(bundle);
    return canonical_json(key ? pod::signed_bundle(document, *key) : document);
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

Result<std::string> report_text(const Places& places) {
    TRY(const auto exchange, UntrustedFolder::open(places.exchange()));
    return exchange.read(pod::report_file_name, report_bytes_max);
}

Result<pod::LauncherReport> read_report(const Places& places) {
    TRY(const std::string text, report_text(places));
    TRY(const Json document, parse_json(text));
    TRY(auto report, pod::launcher_report_from(document));
    return cleaned(std::move(report));
}

namespace {

// A metric over all runs; what is no finite number counts only if there is nothing else.
std::optional<pod::ObservedMetric> summary_of(const std::vector<pod::ObservedRun>& runs,
                                              const std::string& metric) {
    std::optional<pod::ObservedMetric> all;
    for (const pod::ObservedRun& run : runs) {
        const auto found = run.metrics.find(metric);
        if (metric.empty() || found == run.metrics.end()) {
            continue;
        }
        const pod::ObservedMetric& seen = found->second;
        if (!all) {
            all = seen;
            continue;
        }
        all->count += seen.count;
        all->last = seen.last;
        all->last_step = std::max(all->last_step, seen.last_step);
        if (seen.min.is_finite() &&
            (!all->min.is_finite() || seen.min.number() < all->min.number())) {
            all->min = seen.min;
        }
        if (seen.max.is_finite() &&
            (!all->max.is_finite() || seen.max.number() > all->max.number())) {
            all->max = seen.max;
        }
    }
    return all;
}

} // namespace

pod::Bundle make_bundle(const Settings& settings, const Observations& seen, Conclusion end,
                        const std::string& finished_at) {
    pod::Bundle bundle;
    bundle.pod_uid = settings.pod_uid;
    bundle.started_at = seen.started_at;
    bundle.finished_at = finished_at;
    bundle.complete = end.outputs.complete && end.log_complete && end.appends_left == 0;
    bundle.inputs = seen.inputs;
    bundle.gaps = seen.gaps;
    std::vector<std::string> touched;
    for (const auto& [id, run] : seen.runs) {
        if (settings.config.mlflow && id == settings.config.mlflow->parent_run_id) {
            continue;
        }
        if (run.touched) {
            touched.push_back(id);
        } else {
            bundle.runs.push_back(run.run);
        }
    }
    if (!touched.empty()) {
        bundle.gaps.push_back({"NotSeenByRecorder",
                               "the script also wrote to runs that other attempts began; what is "
                               "this attempt's there is not told apart: " +
                                   listed(touched)});
    }
    std::move(end.followed.begin(), end.followed.end(), std::back_inserter(bundle.runs));
    bundle.objective = seen.curve().points;
    bundle.objective_summary = summary_of(bundle.runs, settings.config.objective_metric);
    bundle.artifacts = std::move(end.outputs.artifacts);
    bundle.log = seen.log;
    bundle.log.key = pod::log_key(settings.config.artifact_store.prefix, settings.pod_uid);
    bundle.log.dropped_bytes += end.report.dropped_bytes;
    bundle.gaps.insert(bundle.gaps.end(), end.outputs.gaps.begin(), end.outputs.gaps.end());
    add_uploads(seen, bundle);
    add_gaps_of_calls(seen, bundle.gaps);
    add_gaps(seen, end, bundle.gaps);
    bundle.launcher = std::move(end.report);
    bundle.counters = seen.counters;
    bound_gaps(bundle.gaps);
    return bundle;
}

pod::Termination put_bundle(artifacts::S3Client& store, const Settings& settings,
                            pod::Bundle bundle, const std::optional<Secret>& key,
                            std::stop_token stop) {
    const auto& target = settings.config.artifact_store;
    const auto put = [&](const std::string& place, const std::string& bytes) {
        return store.put({target.bucket, place}, bytes, stop);
    };
    const auto put_page = [&](std::size_t number, const std::string& bytes) {
        return put(pod::page_key(target.prefix, settings.pod_uid, number), bytes);
    };
    pod::Termination termination;
    termination.component = "Recorder";
    const auto written = pod::paged(std::move(bundle), put_page);
    const std::string bytes = written ? bytes_of(*written, key) : "";
    const Status done = written ? put(pod::bundle_key(target.prefix, settings.pod_uid), bytes)
                                : Status(tl::unexpected<Error>(written.error()));
    if (!done) {
        termination.failure_class = FailureClass::Infrastructure;
        termination.reason = "ArtifactStoreUnreachable";
        termination.message = clean_text(done.error().message, termination_message_bytes_max);
        return termination;
    }
    termination.bundle_digest = sha256(bytes).text();
    termination.complete = written->complete;
    return termination;
}

void write_termination(const Places& places, const pod::Termination& termination) {
    pod::Termination shown = termination;
    std::string text;
    // In JSON a quote takes two bytes: what is cut must stay a document, or its digest is lost.
    for (std::size_t bytes = termination_message_bytes_max; bytes > 0; bytes /= 2) {
        shown.message = clean_text(termination.message, bytes);
        text = json_text(pod::to_json(shown));
        if (text.size() <= termination_bytes_max) {
            break;
        }
    }
    std::ofstream(places.termination_log(), std::ios::binary | std::ios::trunc) << text;
}

} // namespace pedigree::recorder
