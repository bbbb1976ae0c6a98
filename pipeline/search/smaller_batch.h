#pragma once
// After a trial that ran out of memory: the same parameters with less of one (search.smallerBatch).
// Pure.

#include <optional>

#include "pipeline/search/study.h"

namespace pedigree::search {

// The next value of the space not above value times factor. Nothing if there is none, if the trial
// has no such parameter, or if the constraints forbid it. The study has a smaller_batch.
std::optional<Parameters> with_smaller_batch(const Study& study, const Parameters& parameters);

} // namespace pedigree::search
