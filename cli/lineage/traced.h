#pragma once
// A trace as several commands read it: the answer about a subject, and the list of trials behind
// it, which says how long each took and what it came to.

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "cli/app/cluster.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

struct TraceQuestion {
    std::string subject;                 // cli/lineage/subject.h
    std::optional<std::int64_t> as_of{}; // position in the ledger
    bool forward = false;                // what came from it
};

// The answer's root is null where nothing is known.
Result<Json> read_trace_of(const Cluster& cluster, const TraceQuestion& question);

// Of the one Experiment whose attempts are in the answer; without it, or where the list cannot be
// read, there are none.
TrialList trials_behind(const Json& answer, const Cluster& cluster);

} // namespace pedigree::cli
