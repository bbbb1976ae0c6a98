#pragma once
// Which trials `pedigree trials` shows, and in which order: --filter, --sort and --limit. Pure.
//
//     state=Failed   value>=0.9   train.lr<0.01   model.optimizer!=sgd
//
// Words of ours may be in any case of letters.
//
// Fields: trial, state, value, duration (10m, 1h30m), attempts, failure (its class), or a
// parameter. A trial without the field fits no filter on it, and stands last when sorted by it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/app/relation.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

struct TrialFilter {
    std::string field;
    Relation relation = Relation::Equal;
    Scalar wanted;
};

// InvalidInput says how to write one.
Result<TrialFilter> parse_filter(std::string_view text);

struct TrialChoice {
    std::vector<TrialFilter> filters; // all must hold
    std::string sort = "trial";       // trial, value (best first), duration (longest first), or a
                                      // parameter (smallest first)
    std::size_t limit = 0;            // 0: all
};

// Places in list.trials. InvalidInput names a field that no trial has, and those that there are.
Result<std::vector<std::size_t>> chosen_trials(const TrialList& list, const TrialChoice& choice,
                                               Instant now);

} // namespace pedigree::cli
