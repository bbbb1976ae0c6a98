#pragma once
// Errors for a person: "error: what, which object; what to do next". The message says all of it
// (cli/app/advice.h); here nothing is guessed from its code. Pure.

#include <string>

#include "base/error.h"

namespace pedigree::cli {

std::string error_text(const Error& error, bool in_colour);

} // namespace pedigree::cli
