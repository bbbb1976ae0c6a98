#pragma once
// Importance: how much of what the objective does over the space each parameter makes, as the model
// fitted to the trials sees it (sensitivity.h). The space is weighed as its priors and weights draw
// it; constraints are not looked at. A parameter that has no value in a part of the space counts as
// constant there. Pure.
//
// f is the mean of the Gaussian process, its inputs the numbers on (0,1) that the priors turn into
// values (Encoding::draw): those are independent even where conditions tie the parameters. What
// noise there is makes no share: it is asked of the model, not of the trials. `spread` comes from
// the model fitted ten times without a tenth of the trials, kernel kept: a share of 40 % give or
// take 30 % is no finding.

#include <string>
#include <vector>

namespace pedigree::search {

struct Domain;
class Observations;

struct Importance {
    std::string parameter;
    double share = 0;  // of the variance, by itself: between 0 and 1
    double total = 0;  // of the variance, with all that it interacts with
    double spread = 0; // of `share`: standard error by leaving out a tenth of the trials at a time
};

// The most important first; parameters with one value are not among them. Empty while fewer than
// ten trials have a value.
std::vector<Importance> importance(const Domain& domain, const Observations& observations);

} // namespace pedigree::search
