#pragma once
// `pedigree search predict`: what the history lets one expect of a trial with given parameters, in
// units of the objective. Pure.

#include <string>
#include <vector>

#include "cli/app/format.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

// Of NAME=VALUE; a VALUE is read as its parameter's values are. InvalidInput: another form.
Result<search::Parameters> parameters_from(const std::vector<std::string>& assignments,
                                           const search::Space& space);

// For a person, or {"metric", "mean", "deviation", "noise", "failure"} in its envelope.
std::string prediction(const search::Forecast& forecast, const search::Study& study, Format format);

} // namespace pedigree::cli
