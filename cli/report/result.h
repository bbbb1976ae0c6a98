#pragma once
// What somebody who reviews a result asks, on one page: what was tried, what it came to, where it
// comes from, what is not known, and how to do it again. Read from a trace's answer and the list of
// trials; whatever they do not say is left out. Pure.

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cli/report/page.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

constexpr std::size_t report_trials_max = 100; // the best ones; the curve has all
constexpr std::size_t report_rows_max = 200;   // of parameters, metrics, things that were made

// `subject`: as the person wrote it. `trials` may be empty.
Page result_page(const std::string& subject, const Json& answer, const TrialList& trials,
                 Instant now);

} // namespace pedigree::cli
