#pragma once
// Tpe: the multivariate tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011; Watanabe,
// arXiv 2304.11127): of some points drawn from where good trials are dense, the one at which the
// ratio of the densities of good and other trials is highest. Costs little with thousands of trials
// and large trees. Private to this folder.
//
// The trials are split by loss: the best 15 % (25 at most) are good, the rest, the failed and those
// that still run are not. Each part becomes a density, the mean of a kernel around each of its
// trials and of the prior:
//
//     g(x) = 1 / (n + 1) (prior(x) + sum_i prod_j kernel_j(x_j; x_ij))
//     proposed: the argmax of log g_good(x) - log g_other(x) over 64 draws from g_good
//
// which has the same order as the expected improvement (Bergstra et al., section 4). The kernel of
// an ordered parameter is a normal cut off at [0,1], of width 0.3 n^(-1/(D+4)) (Scott's rule, as
// the multivariate form needs it); a category keeps three quarters on its own level. It is the
// product over dimensions *inside* the sum that learns that two parameters go together.

#include <memory>

#include "pipeline/search/model/proposer.h"

namespace pedigree::search {

std::unique_ptr<Proposer> make_tpe(const Domain& domain);

} // namespace pedigree::search
