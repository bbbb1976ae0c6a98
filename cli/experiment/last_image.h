#pragma once
// The image that a project trained with last: what a planned one is held against.

#include <string>

#include "cli/app/cluster.h"

namespace pedigree::cli {

// That of the youngest Experiment of the project that has one, by digest; empty: none has.
Result<std::string> last_image(const std::string& project, const Cluster& cluster);

} // namespace pedigree::cli
