#pragma once
// Earlier searches that a new one may learn from (warm start): their ended trials, as values of the
// same objective with the same goal. Their spaces may differ from the new one: a trial counts if it
// can be said in the new space (model/earlier_points.h). How far an earlier search is believed is
// learnt from the new trials (docs/decisions/0008). Plain values; like the study itself an input of
// every suggestion: who replays has to give the same, in the same order.

#include <optional>
#include <vector>

#include "pipeline/search/space.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

struct EarlierTrial {
    Parameters parameters;
    std::optional<double> value; // nothing: it failed
};

struct EarlierStudy {
    std::vector<EarlierTrial> trials;
};

// What ended of a search, in the order of the ends.
EarlierStudy earlier_study(const Trials& trials);

} // namespace pedigree::search
