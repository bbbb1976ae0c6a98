#pragma once
// The order in which pip installs: of two wheels that have a file of one path, the one that is
// installed later keeps its own. Pip installs what others need first, and of those that do not need
// each other the last of the alphabet first (pip's resolvelib resolver, get_topological_weights and
// get_installation_order; tests/world/images compares). So the first of the alphabet keeps the file
// where neither needs the other. Pure.

#include <cstddef>
#include <vector>

#include "imagebuild/wheel/wheel.h"

namespace pedigree::imagebuild {

// Each index once. A requirement counts if its marker holds for that Python, or cannot be decided.
// Those that need each other in a circle come last, and do not count as needing.
std::vector<std::size_t> install_order(const std::vector<Wheel>& wheels,
                                       const TargetPython& python);

} // namespace pedigree::imagebuild
