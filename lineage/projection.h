#pragma once
// Projection: what one ledger entry says about the graph, read from its exact bytes. A pure
// function of the body, so that the graph can be derived again from the ledger alone. What of it
// cannot be read (a kind or relation that this build does not know, a key that no table can index)
// is left out alone: the rest is projected, and a gap about the Experiment says so, by which its
// condition LineageRecorded is not True. A later build derives what this one could not read.

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
    std::int64_t unread_parts = 0;
    std::string unread; // of the first of them: why
};

// The error: nothing of it can be read, not even whose it is.
Result<Projection> project(std::string_view body);

// The sentence of the gap that unread parts leave. The same everywhere, so that it follows from the
// body alone; whoever numbers such an entry keeps it beside the erasable texts.
struct UnreadSentence {
    std::string_view salt, text;
    Digest commitment;
};
UnreadSentence unread_sentence();

// What stands in for a body that project() refuses: its id, and nothing else.
Projection unreadable_projection(std::string event_id);

// "GitCommit:sha1:4f2a..." back into its parts.
Result<records::NodeRef> parse_node_id(std::string_view id);

} // namespace pedigree::lineage
