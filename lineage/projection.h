#pragma once
// Projection: what one ledger entry says about the graph, read from its exact bytes. A pure
// function of the body, so that the graph can be derived again from the ledger alone. Words (kinds,
// relations) that this build does not know make the whole entry unreadable: it is numbered all the
// same, and a later build derives what it says.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "records/event.h"

namespace pedigree::lineage {

struct ProjectedAttribute {
    records::NodeRef node;
    std::string name;
    std::string value;                // canonical JSON of an integer, boolean or word; else empty
    std::optional<Digest> commitment; // of the erasable text that is the value
};

struct ProjectedEdge {
    records::NodeRef effect;
    records::Relation relation = records::Relation::Used;
    records::NodeRef cause;
    records::Asserted asserted = records::Asserted::Operator;
    std::string role;
};

struct ProjectedGap {
    records::GapKind kind = records::GapKind::BytesGone;
    records::NodeRef subject;
    Digest sentence; // commitment of the erasable text
};

struct Projection {
    std::string event_id;
    std::string type;
    std::string name_space;
    std::string experiment_uid;
    Instant time;
    std::vector<records::NodeRef> nodes; // every node that is named, once, in order of appearance
    std::vector<ProjectedAttribute> attributes;
    std::vector<ProjectedEdge> edges;
    std::vector<ProjectedGap> gaps;
};

Result<Projection> project(std::string_view body);

// What stands in for a body that project() refuses: its id, and nothing else.
Projection unreadable_projection(std::string event_id);

// "GitCommit:sha1:4f2a..." back into its parts.
Result<records::NodeRef> parse_node_id(std::string_view id);

} // namespace pedigree::lineage
