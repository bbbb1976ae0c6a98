#pragma once
// Where two schemas differ in what they ask for. Pure.

#include <optional>
#include <string>

#include "base/json.h"

namespace pedigree::cli {

// The path of the first difference, "spec.image.base.pattern"; nothing: they accept the same.
// Descriptions are for people, and differ without consequence.
std::optional<std::string> first_difference(const Json& ours, const Json& theirs);

} // namespace pedigree::cli
