#pragma once
// Losses as targets of a model: robust z-scores, winsorised on the bad side, shifted and scaled to
// mean 0 and variance 1. One catastrophic trial so does not flatten the others. Ranks are left out
// on purpose: where trials gather around an optimum they make noise of differences that are none
// (docs/decisions/0006 has the numbers). Pure.
//
//     spread = (upper quartile - lower quartile) / 1.349    a normal's deviation, by its quartiles
//     t      = min(loss, median + 3 spread)                 bad side alone: the best stays itself
//     target = (t - mean(t)) / deviation(t)
//
// So 0.31, 0.29, 0.33, 0.30, 1e9 is a search with four trials to tell apart, not one with two.

#include <vector>

namespace pedigree::search {

std::vector<double> model_targets(const std::vector<double>& losses);

// How targets are read: as the loss centre + scale * target, wherever nothing was pulled back.
struct TargetUnits {
    double centre = 0, scale = 1;
};
TargetUnits target_units(const std::vector<double>& losses);

} // namespace pedigree::search
