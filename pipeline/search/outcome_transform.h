#pragma once
// Losses as targets of a model: the mean of their normal scores (what ranks alone say) and of their
// robust z-scores, winsorised on the bad side (what distances say), shifted and scaled to mean 0
// and variance 1. One catastrophic trial so does not flatten the others. Pure.

#include <vector>

namespace pedigree::search {

std::vector<double> model_targets(const std::vector<double>& losses);

} // namespace pedigree::search
