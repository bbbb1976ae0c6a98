#pragma once
// What a training says of itself while it runs, as the read API's progress tells it. Pure.

#include <string>

#include "base/json.h"

namespace pedigree::cli {

constexpr std::size_t metrics_shown_max = 4;

// "attempt 1, step 2: accuracy 0.931, loss 0.2174", "trial 3, attempt 1, step 2: ..." of the last
// attempt's newest news; empty: none.
std::string training_text(const Json& progress);

} // namespace pedigree::cli
