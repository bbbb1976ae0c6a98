// What an attempt adds to the graph by its life alone: started, ended, its evidence lost.

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "experiment/doubt.h"
#include "experiment/events/write_event.h"

namespace pedigree::experiment {
namespace {

using records::Asserted;
using records::GapKind;
using records::NodeKind;
using records::NodeRef;
using records::Relation;

// The attempt's place in its Experiment: part of its trial, after its image build, using the image.
void write_place(records::Event& event, const History& history, const AttemptRow& attempt) {
    const ExperimentRow& experiment = *history.experiment;
    const NodeRef node = attempt_node(experiment, attempt);
    const NodeRef trial = trial_node(experiment, attempt.trial);
    event.node(spec_node(experiment));
    event.node(trial).attribute("number", attempt.trial);
    event.node(node).attribute("number", attempt.number);
    event.edge(trial, Relation::PlannedBy, spec_node(experiment), Asserted::Operator)
        .edge(node, Relation::PartOf, trial, Asserted::Operator);
    if (!experiment.image_digest.empty()) {
        const NodeRef image{NodeKind::Image, experiment.image_digest};
        event.node(image);
        event.node(build_node(experiment));
        event.edge(node, Relation::Used, image, Asserted::Operator)
            .edge(node, Relation::Follows, build_node(experiment), Asserted::Operator);
    }
    for (const AttemptRow& other : history.attempts) {
        if (other.trial == attempt.trial && other.number + 1 == attempt.number) {
            event.node(attempt_node(experiment, other));
            event.edge(node, Relation::Follows, attempt_node(experiment, other), Asserted::Operator,
                       "Retry");
        }
    }
}

} // namespace

Status write_started(records::Event& event, const History& history, const AttemptRow& attempt) {
    write_place(event, history, attempt);
    const NodeRef node = attempt_node(*history.experiment, attempt);
    const NodeRef job{NodeKind::Job, attempt.job_uid};
    const NodeRef pod{NodeKind::Pod, attempt.pod_uid};
    event.node(job).word("name", attempt.job_name);
    event.node(pod).word("name", attempt.pod_name);
    event.edge(node, Relation::RanOn, pod, Asserted::Operator)
        .edge(pod, Relation::PartOf, job, Asserted::Operator);
    if (!attempt.node_name.empty()) {
        const NodeRef machine{NodeKind::Node, uuid_from("node/" + attempt.node_name)};
        event.node(machine).word("name", attempt.node_name);
        event.edge(pod, Relation::RanOn, machine, Asserted::Operator);
    }
    return {};
}

Status write_ended(records::Event& event, const History& history, const AttemptRow& attempt) {
    if (attempt.pod_uid.empty()) { // there was no AttemptStarted
        write_place(event, history, attempt);
    }
    auto node = event.node(attempt_node(*history.experiment, attempt));
    node.word("reason", attempt.reason)
        .text("message", attempt.message)
        .attribute("exitCode", attempt.exit_code)
        .word("failureClass", word_or_none(attempt.failure_class));
    if (!attempt.train_image.empty()) {
        node.word("ranImage", attempt.train_image);
    }
    if (!attempt.recorder_image.empty()) {
        node.word("ranRecorderImage", attempt.recorder_image);
    }
    if (attempt.ended_at) {
        node.word("endedAt", to_text(*attempt.ended_at));
    }
    for (const Doubt doubt : doubts_of(attempt)) {
        event.gap(gap_kind_of(doubt), attempt_node(*history.experiment, attempt),
                  sentence_of(doubt));
    }
    return {};
}

Status write_lost(records::Event& event, const History& history, const AttemptRow& attempt) {
    const NodeRef node = attempt_node(*history.experiment, attempt);
    event.node(node);
    event.gap(GapKind::NotSeenByRecorder, node,
              "The recorder's account of attempt " + std::to_string(attempt.number) +
                  " is lost: which inputs it read and which files it wrote is not known. " +
                  attempt.message);
    return {};
}

} // namespace pedigree::experiment
