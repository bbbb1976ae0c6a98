#pragma once
// How the checks are told: a line each for people, a document for programs. Pure.

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/app/terminal.h"
#include "cli/doctor/check.h"
#include "cli/doctor/sight.h"

namespace pedigree::cli {

std::string checks_text(const std::vector<Check>& checks, const Terminal& terminal);
// "21 ok, 1 finding, 3 unknown"
std::string checks_summary(const std::vector<Check>& checks);
// What stands in the envelope of kind Diagnosis (docs/api/Diagnosis.json).
Json checks_json(const std::vector<Check>& checks, const Sight& sight);

} // namespace pedigree::cli
