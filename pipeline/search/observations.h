#pragma once
// Observations: the trials as algorithms see them: points instead of parameters, losses (lower is
// better) instead of values. Values; private to this folder.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/search/encoding.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

struct Observation {
    Point point;
    std::optional<std::int64_t> repeats;
    TrialState state = TrialState::Running;
    double loss = 0; // Completed, Stopped
    std::string failure;

    bool has_loss() const { return state == TrialState::Completed || state == TrialState::Stopped; }
};

struct Observations {
    std::vector<Observation> all;    // trial n at n - 1
    std::vector<std::int64_t> ended; // numbers, in the order of their ends
    std::multiset<Point> taken;      // points of all of them

    const Observation& of(std::int64_t trial) const { return all[trial - 1]; }
};

} // namespace pedigree::search
