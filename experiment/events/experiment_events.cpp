// What an Experiment's own acts add to the graph: accepted, resolved, built, finished.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "experiment/activity.h"
#include "experiment/events/write_event.h"
#include "records/names.h"
#include "records/work/work.h"

namespace pedigree::experiment {
namespace {

using records::Asserted;
using records::GapKind;
using records::NodeKind;
using records::NodeRef;
using records::Relation;

Result<Json> outcome_of(const History& history, const ActivityKey& key) {
    const ActivityRow* row = history.activity(key);
    if (row == nullptr) {
        return failure(ErrorCode::Internal, "no outcome of " + key.text());
    }
    return parse_json(row->outcome_json);
}

// The searches whose trials lead this one's first proposals.
Status write_warm_start(records::Event& event, const ExperimentRow& experiment) {
    if (experiment.earlier_searches.empty()) {
        return {};
    }
    TRY(const Json list, parse_json(experiment.earlier_searches));
    for (const Json& item : list) {
        const NodeRef earlier{NodeKind::ExperimentSpec, string_or(item, "experiment")};
        event.node(earlier);
        event.edge(spec_node(experiment), Relation::DerivedFrom, earlier, Asserted::Operator,
                   "WarmStart");
    }
    return {};
}

void write_wheels(records::Event& event, const NodeRef& build,
                  const records::work::BuildImageOutcome& outcome) {
    for (const auto& wheel : outcome.wheels) {
        const NodeRef node{NodeKind::Wheel, wheel.digest};
        auto described = event.node(node);
        described.text("name", wheel.name + " " + wheel.version).text("file", wheel.file_name);
        if (!wheel.built_from.empty()) {
            described.word("builtFrom", wheel.built_from).word("builtIn", outcome.base_digest);
        }
        event.edge(build, Relation::Used, node, Asserted::Operator);
        const auto derived = outcome.derived_wheels.find(wheel.built_from);
        if (derived != outcome.derived_wheels.end() && derived->second.image_unread) {
            event.gap(GapKind::ImageNotRead, node,
                      "The node did not say, in words that can be compared, which image the pod "
                      "ran that built this wheel.");
        }
    }
}

} // namespace

Status write_accepted(records::Event& event, const History& history) {
    const ExperimentRow& experiment = *history.experiment;
    const NodeRef spec = spec_node(experiment);
    event.node(spec)
        .word("specHash", experiment.spec_hash)
        .word("name", experiment.name)
        .word("project", experiment.project)
        .text("spec", experiment.spec_json);
    if (!experiment.triggered_by.empty()) { // its caller's word, so no edge says it
        event.node(spec).text("triggeredBy", experiment.triggered_by);
    }
    TRY(write_warm_start(event, experiment));
    if (experiment.requested_by.empty()) {
        event.gap(GapKind::RequesterNotObserved, spec,
                  "Who asked for " + experiment.name_space + "/" + experiment.name +
                      " was not observed: a controller cannot see it, and the annotation " +
                      records::requested_by_annotation + " is absent.");
        return {};
    }
    // A uid of its own, not one made from the name: the name must be erasable.
    const NodeRef person{NodeKind::Person, uuid_from(experiment.uid + "/requester")};
    event.node(person).text("name", experiment.requested_by);
    event.edge(spec, Relation::RequestedBy, person, Asserted::Operator);
    return {};
}

Status write_resolved(records::Event& event, const History& history) {
    const ExperimentRow& experiment = *history.experiment;
    TRY(const Json document, outcome_of(history, resolve_activity));
    TRY(const auto outcome, records::work::resolve_source_outcome_from(document));
    TRY(const Json spec, parse_json(experiment.spec_json));
    const NodeRef resolve = resolve_node(experiment);
    const NodeRef commit{NodeKind::GitCommit, "sha1:" + outcome.commit};
    const NodeRef tree{NodeKind::RepoTree, "sha1:" + outcome.tree};
    const Json& git = at_path(spec, {"source", "git"});
    event.node(spec_node(experiment));
    auto resolve_act = event.node(resolve);
    resolve_act.text("ref", string_or(git, "ref"));
    if (!experiment.told_commit.empty()) { // not what the ref named at this moment
        resolve_act.word("commitFrom", "Status");
    }
    auto commit_node = event.node(commit);
    commit_node.uri(string_or(git, "url"))
        .text("author", outcome.author)
        .text("committer", outcome.committer)
        .text("subject", outcome.subject)
        .word("committedAt", outcome.committed_at);
    if (!outcome.signature.empty()) {
        commit_node.word("signature", outcome.signature);
    }
    event.node(tree);
    for (const std::string& sentence : outcome.missing) {
        event.gap(GapKind::BytesNotFetched, tree, sentence);
    }
    event.edge(resolve, Relation::PlannedBy, spec_node(experiment), Asserted::Operator)
        .edge(resolve, Relation::Used, commit, Asserted::Operator)
        .edge(resolve, Relation::Used, tree, Asserted::Operator);
    if (!outcome.lock_digest.empty()) {
        const NodeRef lock{NodeKind::Lockfile, outcome.lock_digest};
        event.node(lock);
        event.edge(resolve, Relation::Used, lock, Asserted::Operator);
    }
    return {};
}

Status write_built(records::Event& event, const History& history) {
    const ExperimentRow& experiment = *history.experiment;
    TRY(const Json document, outcome_of(history, build_activity));
    TRY(const auto outcome, records::work::build_image_outcome_from(document));
    const NodeRef build = build_node(experiment);
    const NodeRef image{NodeKind::Image, outcome.image_digest};
    event.node(resolve_node(experiment));
    auto act = event.node(build).attribute("reused", outcome.already_there);
    if (!outcome.provenance.empty()) {
        act.word("sbom", outcome.sbom).word("provenance", outcome.provenance);
    }
    TRY(const Json spec, parse_json(experiment.spec_json));
    if (string_or(at_path(spec, {"image"}), "gate") == "None") {
        act.word("imports", "not checked, as the spec wants it");
    }
    if (!outcome.warnings.empty()) {
        act.text("warnings", fmt::format("{}", fmt::join(outcome.warnings, "; ")));
    }
    event.node(image).uri(outcome.image);
    event.edge(build, Relation::Follows, resolve_node(experiment), Asserted::Operator)
        .edge(image, Relation::GeneratedBy, build, Asserted::Operator);
    if (!experiment.tree.empty()) {
        const NodeRef tree{NodeKind::RepoTree, "sha1:" + experiment.tree};
        event.node(tree);
        event.edge(build, Relation::Used, tree, Asserted::Operator);
    }
    if (!outcome.base_digest.empty()) {
        const NodeRef base{NodeKind::BaseImage, outcome.base_digest};
        auto node = event.node(base);
        if (!outcome.base_index_digest.empty()) {
            node.word("indexDigest", outcome.base_index_digest);
        }
        event.edge(build, Relation::Used, base, Asserted::Operator, "Base");
    }
    if (!experiment.lock_digest.empty()) {
        const NodeRef lock{NodeKind::Lockfile, experiment.lock_digest};
        event.node(lock);
        event.edge(build, Relation::Used, lock, Asserted::Operator);
    }
    write_wheels(event, build, outcome);
    const bool prebuilt = at_path(spec, {"image", "prebuilt"}).is_object();
    if (outcome.provenance.empty() && !prebuilt) {
        event.gap(GapKind::NoAttestation, image,
                  "The registry took no SBOM and no provenance: what is inside is known by this "
                  "record alone.");
    }
    if (prebuilt) {
        event.gap(GapKind::NoAttestation, image,
                  "The image was built elsewhere and carries no attestation that pedigree checked: "
                  "what is inside is known by its digest only.");
    }
    return {};
}

Status write_imports_checked(records::Event& event, const History& history) {
    TRY(const Json outcome, outcome_of(history, imports_activity));
    event.node(build_node(*history.experiment))
        .word("imports", bool_or(outcome, "known") ? "known from an earlier image" : "checked")
        .word("importsKey", string_or(outcome, "key"));
    if (bool_or(outcome, "imageUnread")) {
        event.gap(GapKind::ImageNotRead, build_node(*history.experiment),
                  "The node did not say, in words that can be compared, which image the pod ran "
                  "that checked the imports.");
    }
    return {};
}

Status write_finished(records::Event& event, const History& history) {
    const ExperimentRow& experiment = *history.experiment;
    auto node = event.node(spec_node(experiment));
    node.word("outcome", to_string(experiment.outcome))
        .word("reason", experiment.reason)
        .text("message", experiment.message)
        .attribute("attempts", static_cast<std::int64_t>(history.attempts.size()));
    if (experiment.best_trial > 0) {
        node.attribute("bestTrial", experiment.best_trial)
            .word("bestValue", experiment.best_value.text());
    }
    if (experiment.failure_class != FailureClass::None ||
        experiment.extensions > 0) { // an earlier end had one
        node.word("failureClass", word_or_none(experiment.failure_class));
    }
    return {};
}

} // namespace pedigree::experiment
