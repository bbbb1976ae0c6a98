#pragma once
// The trials of an Experiment for a person, and for programs that read tables. Pure.

#include <string>
#include <vector>

#include "cli/app/table.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

struct TrialTableShape {
    std::vector<std::string> parameters; // their columns
    bool wide = false;                   // who proposed it, its run and pod, the whole message
};

// The rows are list.trials at these places.
Table trial_table(const TrialList& list, const std::vector<std::size_t>& places,
                  const TrialTableShape& shape, Instant now);

// RFC 4180 with a header line and every parameter; what is not there is empty, durations are
// seconds.
std::string trial_csv(const TrialList& list, const std::vector<std::size_t>& places, Instant now);

// "best: trial 7, val_accuracy 0.9871; 12 of 50 trials: 10 Completed, 1 Failed, 1 Running"
std::string trial_summary(const TrialList& list);

} // namespace pedigree::cli
