#pragma once
// Errors for a person: "error: what, which object, what to do next". Pure.

#include <string>

#include "base/error.h"

namespace pedigree::cli {

// The message, and for some codes what to do about it.
std::string error_text(const Error& error, bool in_colour);

} // namespace pedigree::cli
