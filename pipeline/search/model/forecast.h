#pragma once
// Forecast: what the trials so far, and earlier searches as far as they are believed, say of a
// trial with given parameters, in the objective's own units. Pure. The search's own model asked at
// one point, targets turned back into losses and losses into values: deviation is what more trials
// there would lessen, noise what they would not.

#include "base/result.h"
#include "pipeline/search/space.h"

namespace pedigree::search {

struct Domain;
class Observations;

struct Forecast {
    double mean = 0;
    double deviation = 0; // how far the true mean is likely to lie from it
    double noise = 0;     // how far a single trial is likely to lie from the true mean
    double failure = 0;   // chance that a trial ends without a value
};

// InvalidInput: the parameters are no point of the space, and why. Conflict: fewer than two trials
// have a value.
Result<Forecast> forecast(const Domain& domain, const Observations& observations,
                          const Parameters& parameters);

} // namespace pedigree::search
