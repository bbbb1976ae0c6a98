#pragma once
// The objective of a search, read from what the recorder saw an attempt log. Pure.

#include <string>

#include "base/metric_value.h"
#include "pipeline/search/study.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {

// Empty if the metric was not logged. `stopped`: a rule stopped the trial, which counts with the
// best value that it logged.
MetricValue objective_of(const records::pod::Bundle& bundle, const search::Objective& objective,
                         bool stopped);

// What to say when it was not: names the metrics that were.
std::string missing_words(const records::pod::Bundle& bundle, const search::Objective& objective);

} // namespace pedigree::experiment
