#pragma once
// Tpe: the multivariate tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011; Watanabe,
// arXiv 2304.11127): of some points drawn from where good trials are dense, the one at which the
// ratio of the densities of good and other trials is highest. Costs little with thousands of trials
// and large trees. Private to this folder.

#include <memory>

#include "pipeline/search/model/proposer.h"

namespace pedigree::search {

std::unique_ptr<Proposer> make_tpe(const Domain& domain);

} // namespace pedigree::search
