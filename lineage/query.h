#pragma once
// Queries: what a person may ask a trace about, as text:
//
//     exp/NAME (or exp:NAME)      what the newest Experiment of that name did, and its ancestors
//     sha256:HEX                  bytes: a model's manifest, a file, an image, a dataset ...
//     image:sha256:HEX            an image only
//     commit:HEX                  forward: everything that came from a git commit (40 or 64 digits)
//     attempt:UID  run:ID         one attempt, one tracker run
//     UID                         any act with that uid
//
// Pure; values.

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/words.h"

namespace pedigree::lineage {

enum class QueryKind { Experiment, Bytes, Image, Commit, Attempt, Run, Act };
// To where something comes from, or to what came from it.
enum class Direction { Ancestors, Descendants };
Words<Direction> words_of(Direction);

struct Query {
    QueryKind kind = QueryKind::Bytes;
    std::string key; // the experiment's name, else the node key

    // Nothing made a commit.
    Direction direction() const {
        return kind == QueryKind::Commit ? Direction::Descendants : Direction::Ancestors;
    }
};

// InvalidInput says what can be asked.
Result<Query> parse_query(std::string_view text);

} // namespace pedigree::lineage
