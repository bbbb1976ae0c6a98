// What a search adds to the graph: each trial with the reason why it was proposed, its end, and
// that the search goes on further.

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "experiment/events/write_event.h"

namespace pedigree::experiment {
namespace {

using records::Asserted;
using records::NodeRef;
using records::Relation;

// "Experiment uid/trial" of the trial that answered this one.
std::optional<NodeRef> reused_node(const TrialRow& trial) {
    const auto slash = trial.reused_from.find('/');
    if (slash == std::string::npos) {
        return std::nullopt;
    }
    ExperimentRow other;
    other.uid = trial.reused_from.substr(0, slash);
    return trial_node(other, std::strtoll(trial.reused_from.c_str() + slash + 1, nullptr, 10));
}

} // namespace

Status write_proposed(records::Event& event, const History& history, const TrialRow& trial) {
    const ExperimentRow& experiment = *history.experiment;
    const NodeRef node = trial_node(experiment, trial.number);
    TRY(const Json reason, parse_json(trial.reason_json));
    event.node(spec_node(experiment));
    event.node(node)
        .attribute("number", trial.number)
        .word("proposedBy", string_or(reason, "proposedBy"))
        .word("fingerprint", trial.fingerprint)
        .text("parameters", trial.parameters_json)
        .text("why", trial.reason_json);
    if (trial.repeats != 0) {
        event.node(node).attribute("repeats", trial.repeats);
    }
    event.edge(node, Relation::PlannedBy, spec_node(experiment), Asserted::Operator);
    for (const Json& parent : at_path(reason, {"parents"})) {
        const NodeRef cause = trial_node(experiment, parent.get<std::int64_t>());
        event.node(cause);
        event.edge(node, Relation::DerivedFrom, cause, Asserted::Operator,
                   trial.derived_from != 0 ? "SmallerBatch" : "");
    }
    return {};
}

Status write_trial_ended(records::Event& event, const History& history, const TrialRow& trial) {
    const NodeRef node = trial_node(*history.experiment, trial.number);
    event.node(node).word("state", to_string(trial.state));
    if (!trial.value.empty()) {
        event.node(node).word("value", trial.value.text());
    }
    if (trial.failure_class != FailureClass::None) {
        event.node(node)
            .word("failureClass", std::string(to_string(trial.failure_class)))
            .word("reason", trial.failure_reason)
            .text("message", trial.message);
    }
    if (!trial.stop_reason.empty()) {
        event.node(node).word("stopReason", trial.stop_reason);
    }
    if (const auto source = reused_node(trial)) {
        event.node(*source);
        event.edge(node, Relation::DerivedFrom, *source, Asserted::Operator, "Reused");
    }
    return {};
}

Status write_extended(records::Event& event, const History& history) {
    event.node(spec_node(*history.experiment))
        .attribute("maxTrials", history.experiment->max_trials)
        .attribute("extensions", history.experiment->extensions);
    return {};
}

} // namespace pedigree::experiment
