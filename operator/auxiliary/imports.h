#pragma once
// The gate before the first trial: in one pod of the built image, without Secrets, Python imports
// what the lock brought. An image that cannot be imported would fail in every trial of a search,
// each after the pull of its image. Pure.

#include <string>
#include <vector>

#include "records/work/work.h"

namespace pedigree::control {

// Of the imports themselves, once the pod runs.
constexpr std::int64_t import_seconds_max = 300;

// What the result depends on: base, wheels, and the rules of the gate. The code is not among it.
std::string imports_key(const records::work::BuildImageOutcome& built);

// argv for the pod. Which modules a distribution brings, its own metadata says, in the image.
std::vector<std::string> imports_command(const records::work::BuildImageOutcome& built);

} // namespace pedigree::control
