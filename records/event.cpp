#include "records/event.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "base/text.h"

namespace pedigree::records {
namespace {

constexpr std::size_t key_shown_bytes_max = 80;

bool is_word(std::string_view value, std::size_t bytes_max) {
    return value.size() <= bytes_max && value.find('\0') == std::string_view::npos &&
           is_utf8(value);
}

} // namespace

Words<NodeKind> words_of(NodeKind) {
    static constexpr Word<NodeKind> table[] = {
        {NodeKind::Person, "Person"},
        {NodeKind::ExperimentSpec, "ExperimentSpec"},
        {NodeKind::Resolve, "Resolve"},
        {NodeKind::GitCommit, "GitCommit"},
        {NodeKind::RepoTree, "RepoTree"},
        {NodeKind::ImageBuild, "ImageBuild"},
        {NodeKind::BaseImage, "BaseImage"},
        {NodeKind::Lockfile, "Lockfile"},
        {NodeKind::Wheel, "Wheel"},
        {NodeKind::Image, "Image"},
        {NodeKind::Trial, "Trial"},
        {NodeKind::Attempt, "Attempt"},
        {NodeKind::Job, "Job"},
        {NodeKind::Pod, "Pod"},
        {NodeKind::Node, "Node"},
        {NodeKind::Dataset, "Dataset"},
        {NodeKind::Run, "Run"},
        {NodeKind::Checkpoint, "Checkpoint"},
        {NodeKind::Artifact, "Artifact"},
        {NodeKind::Model, "Model"},
    };
    return table;
}

Words<Relation> words_of(Relation) {
    static constexpr Word<Relation> table[] = {
        {Relation::GeneratedBy, "GeneratedBy"}, {Relation::Used, "Used"},
        {Relation::DerivedFrom, "DerivedFrom"}, {Relation::PartOf, "PartOf"},
        {Relation::PlannedBy, "PlannedBy"},     {Relation::RanOn, "RanOn"},
        {Relation::RequestedBy, "RequestedBy"}, {Relation::Follows, "Follows"},
    };
    return table;
}

Words<Asserted> words_of(Asserted) {
    static constexpr Word<Asserted> table[] = {
        {Asserted::Operator, "Operator"},
        {Asserted::Recorder, "Recorder"},
        {Asserted::Tracker, "Tracker"},
        {Asserted::UserCode, "UserCode"},
    };
    return table;
}

Words<GapKind> words_of(GapKind) {
    static constexpr Word<GapKind> table[] = {
        {GapKind::RequesterNotObserved, "RequesterNotObserved"},
        {GapKind::DataNotDeclared, "DataNotDeclared"},
        {GapKind::NoAttestation, "NoAttestation"},
        {GapKind::NotSeenByRecorder, "NotSeenByRecorder"},
        {GapKind::NotSignedByRecorder, "NotSignedByRecorder"},
        {GapKind::NotProtected, "NotProtected"},
        {GapKind::ImageNotRead, "ImageNotRead"},
        {GapKind::PodEntered, "PodEntered"},
        {GapKind::BytesGone, "BytesGone"},
        {GapKind::BytesNotFetched, "BytesNotFetched"},
        {GapKind::HiddenByNamespace, "HiddenByNamespace"},
        {GapKind::NotReadable, "NotReadable"},
        {GapKind::InPages, "InPages"},
    };
    return table;
}

std::string NodeRef::id() const {
    return std::string(to_string(kind)) + ":" + key;
}

Event::Event(EventHeader header) : header_(std::move(header)) {}

// Of two Experiments, what cannot be told apart must not become one node.
NodeRef Event::recordable(const NodeRef& ref) {
    if (!ref.key.empty() && is_word(ref.id(), node_id_bytes_max)) {
        return ref;
    }
    NodeRef named{ref.kind, uuid_from(header_.experiment_uid + "/" + ref.id())};
    if (renamed_.insert(named).second) {
        gap(GapKind::NotReadable, named,
            fmt::format("The name of a {} cannot be recorded as it is ({} bytes, \"{}\"); it "
                        "stands here under one of our own.",
                        to_string(ref.kind), ref.key.size(),
                        clean_text(ref.key, key_shown_bytes_max)));
    }
    return named;
}

Event::NodeBuilder Event::node(const NodeRef& given) {
    const NodeRef ref = recordable(given);
    const auto [place, fresh] = node_places_.try_emplace(ref.id(), nodes_.size());
    if (fresh) {
        nodes_.push_back({ref, {}});
    }
    return NodeBuilder(*this, place->second);
}

Event::NodeBuilder& Event::NodeBuilder::attribute(std::string_view name, std::int64_t value) {
    event_.nodes_[index_].attributes.emplace_back(name, std::to_string(value));
    return *this;
}

Event::NodeBuilder& Event::NodeBuilder::attribute(std::string_view name, bool value) {
    event_.nodes_[index_].attributes.emplace_back(name, value ? "true" : "false");
    return *this;
}

Event::NodeBuilder& Event::NodeBuilder::word(std::string_view name, std::string_view value) {
    if (!is_word(value, word_bytes_max)) {
        return text(name, valid_utf8(value));
    }
    event_.nodes_[index_].attributes.emplace_back(name, canonical_json(Json(value)));
    return *this;
}

Event::NodeBuilder& Event::NodeBuilder::text(std::string_view name, std::string_view value) {
    event_.nodes_[index_].attributes.emplace_back(name, event_.committed(value));
    return *this;
}

std::string Event::committed(std::string_view text) {
    Commitment made = commit_text(text);
    texts_.push_back({made.digest, std::move(made.salt), std::string(text)});
    return canonical_json(Json{{"text", made.digest.text()}});
}

Event& Event::edge(const NodeRef& effect, Relation relation, const NodeRef& cause,
                   Asserted asserted, std::string_view role) {
    edges_.push_back({recordable(effect), relation, recordable(cause), asserted,
                      clean_text(role, role_bytes_max)});
    return *this;
}

Event& Event::gap(GapKind kind, const NodeRef& subject, std::string_view sentence) {
    const NodeRef about = recordable(subject);
    gaps_.push_back({kind, about, committed(sentence)});
    return *this;
}

std::string Event::body() const {
    Json nodes = Json::array();
    for (const NodeEntry& entry : nodes_) {
        Json attributes = Json::object();
        for (const auto& [name, encoded] : entry.attributes) {
            attributes[name] = Json::parse(encoded);
        }
        nodes.push_back({{"attributes", std::move(attributes)},
                         {"id", entry.ref.id()},
                         {"key", entry.ref.key},
                         {"kind", to_string(entry.ref.kind)}});
    }
    Json edges = Json::array();
    for (const EdgeEntry& entry : edges_) {
        Json edge{{"asserted", to_string(entry.asserted)},
                  {"from", entry.effect.id()},
                  {"relation", to_string(entry.relation)},
                  {"to", entry.cause.id()}};
        if (!entry.role.empty()) {
            edge["role"] = entry.role;
        }
        edges.push_back(std::move(edge));
    }
    Json gaps = Json::array();
    for (const GapEntry& entry : gaps_) {
        gaps.push_back({{"kind", to_string(entry.kind)},
                        {"sentence", Json::parse(entry.sentence)},
                        {"subject", entry.subject.id()}});
    }
    return canonical_json(Json{{"build", header_.build},
                               {"edges", std::move(edges)},
                               {"experiment", header_.experiment_uid},
                               {"gaps", std::move(gaps)},
                               {"id", header_.id},
                               {"namespace", header_.name_space},
                               {"nodes", std::move(nodes)},
                               {"time", to_text(header_.time)},
                               {"type", header_.type}});
}

} // namespace pedigree::records
