// What the recorder saw in the pod (its bundle) and what the tracker said, as parts of the graph.

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/events/account.h"
#include "experiment/events/write_event.h"
#include "experiment/record_proof.h"
#include "experiment/run_status.h"
#include "pipeline/spec/experiment.h"
#include "records/names.h"
#include "records/pod/bundle.h"
#include "records/run_key.h"
#include "records/work/work.h"

namespace pedigree::experiment {
namespace {

using records::Asserted;
using records::GapKind;
using records::NodeKind;
using records::NodeRef;
using records::Relation;
using records::pod::Bundle;

void write_inputs(records::Event& event, const Account& account, const Json& spec) {
    std::map<std::string, Json> declared;
    for (const Json& input : at_path(spec, {"inputs"})) {
        declared[string_or(input, "name")] = input;
    }
    for (const auto& input : account.bundle.inputs) {
        const Json& wanted = declared[input.name];
        const NodeKind kind = string_or(wanted, "kind") == "Model"        ? NodeKind::Model
                              : string_or(wanted, "kind") == "Checkpoint" ? NodeKind::Checkpoint
                                                                          : NodeKind::Dataset;
        const NodeRef node{kind, input.digest};
        event.node(node)
            .word("name", input.name)
            .attribute("bytes", input.bytes)
            .attribute("files", input.files)
            .uri(string_or(wanted, "uri"))
            .text("slice", string_or(wanted, "slice"));
        event.edge(account.attempt, Relation::Used, node, account.whose, string_or(wanted, "role"));
    }
    event.gap(GapKind::DataNotDeclared, account.attempt,
              account.bundle.inputs.empty()
                  ? "No input is declared: what data the script read is not known."
                  : "The pod could reach the network: data beyond the declared inputs would not "
                    "have been seen.");
}

std::string server_of(const Json& spec) {
    return string_or(at_path(spec, {"trackers", "mlflow"}), "url");
}

void write_runs(records::Event& event, const Account& account) {
    for (const auto& run : account.bundle.runs) {
        const auto in_files = account.in_files.find({run.tracker, run.run_id});
        const NodeRef node = run.in_files && in_files != account.in_files.end()
                                 ? in_files->second
                                 : run_node(account.server, run.run_id);
        auto entry = event.node(node);
        entry.word("tracker", run.tracker).text("name", run.name);
        if (!run.status.empty()) {
            entry.word("scriptStatus", run.status);
        }
        // Of the others the tracker is told, and says it.
        if (run.in_files && is_left_open(run.status)) {
            entry.word("status", account.end);
        }
        Json metrics = Json::object(), extremes = Json::object();
        for (const auto& [name, metric] : run.metrics) {
            metrics[name] = metric.last.text();
            if (metric.count > 1 && !metric.min.empty()) { // else its last value is all there is
                extremes[name] = {{"min", metric.min.text()}, {"max", metric.max.text()}};
            }
        }
        // Names of parameters and metrics are the user's own words, so each is one erasable text.
        entry.text("parameters", canonical_json(Json(run.parameters)))
            .text("metrics", canonical_json(metrics))
            .text("extremes", canonical_json(extremes));
        if (!run.logged.empty()) {
            entry.text("logged", canonical_json(Json(run.logged)));
        }
        event.edge(node, Relation::GeneratedBy, account.attempt, account.whose);
    }
}

} // namespace

RunNodes runs_in_files(const Bundle& bundle, const std::string& pod_uid) {
    RunNodes nodes;
    for (const auto& run : bundle.runs) {
        if (run.in_files) {
            const std::size_t place = nodes.size() + 1;
            nodes.try_emplace({run.tracker, run.run_id},
                              NodeRef{NodeKind::Run, records::run_key_in_pod(place, pod_uid)});
        }
    }
    return nodes;
}

// Run ids are a server's own: two servers may give the same.
NodeRef run_node(const std::string& server, const std::string& run_id) {
    return {NodeKind::Run, records::run_key(server, run_id)};
}

Status write_observed(records::Event& event, const History& history, const AttemptRow& attempt) {
    TRY(const FetchedRecord record, fetched_record(history, attempt));
    const Bundle& bundle = record.bundle;
    TRY(const Json spec, parse_json(history.experiment->spec_json));
    const NodeRef node = attempt_node(*history.experiment, attempt);
    auto entry = event.node(node);
    entry.word("failureClass", word_or_none(attempt.failure_class))
        .word("reason", attempt.reason)
        .attribute("logBytes", bundle.log.bytes)
        .attribute("logDroppedBytes", bundle.log.dropped_bytes)
        .word("bundle", attempt.bundle_digest);
    entry.text("hardware", canonical_json(Json(bundle.launcher.hardware)));
    if (bundle.launcher.started && !bundle.launcher.error.empty()) {
        entry.text("stopped", bundle.launcher.error);
    }
    const Account account{node,
                          bundle,
                          asserted_by(attempt.record_proof),
                          server_of(spec),
                          runs_in_files(bundle, attempt.pod_uid),
                          run_status(attempt)};
    write_inputs(event, account, spec);
    write_runs(event, account);
    write_artifacts(event, account);
    write_pages(event, account);
    if (const std::string sentence = unproved_sentence(attempt.record_proof); !sentence.empty()) {
        event.gap(GapKind::NotSignedByRecorder, node, sentence);
    }
    for (const auto& gap : bundle.gaps) {
        const auto kind = from_word<records::GapKind>(gap.kind);
        event.gap(kind.value_or(GapKind::NotSeenByRecorder), node, gap.sentence);
    }
    return {};
}

Status write_told(records::Event& event, const History& history, const AttemptRow& attempt) {
    const NodeRef node = attempt_node(*history.experiment, attempt);
    event.node(node);
    const ActivityRow* row = history.activity(tell_activity(attempt.trial, attempt.number));
    if (row == nullptr || row->state == ActivityState::Failed) {
        event.gap(GapKind::NotSeenByRecorder, node,
                  "The tracker could not be told how this attempt ended; its runs may show "
                  "another state. " +
                      (row == nullptr ? std::string() : row->message));
        return {};
    }
    TRY(const Json document, parse_json(row->outcome_json));
    TRY(const auto outcome, records::work::close_tracker_outcome_from(document));
    TRY(const Json spec, parse_json(history.experiment->spec_json));
    std::set<std::string> seen;
    if (const auto record = fetched_record(history, attempt);
        record && asserted_by(attempt.record_proof) == Asserted::Recorder) {
        for (const auto& run : record->bundle.runs) {
            seen.insert(run.run_id);
        }
    }
    for (const auto& run : outcome.runs) {
        if (run.run_id.empty()) {
            event.gap(GapKind::NotSeenByRecorder, node,
                      "The tracker lists a run without an id; it is not in the record.");
            continue;
        }
        const NodeRef run_ref = run_node(server_of(spec), run.run_id);
        event.node(run_ref)
            .word("tracker", "MLflow")
            .word("status", run.status)
            .uri(run.artifact_uri)
            .text("name", run.name);
        if (!seen.contains(run.run_id)) {
            event.edge(run_ref, Relation::GeneratedBy, node, Asserted::Tracker);
        }
    }
    return {};
}

} // namespace pedigree::experiment
