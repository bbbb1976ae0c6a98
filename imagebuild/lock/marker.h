#pragma once
// Environment markers (PEP 508, with the sets of PEP 751), evaluated for the Python of a base
// image. What is not known, the node's kernel and of some bases the patch release of their Python,
// leaves a marker undecided only if its answer depends on it. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {

constexpr std::size_t marker_bytes_max = 4096;
constexpr int marker_depth_max = 32; // of parentheses

struct MarkerEnvironment {
    TargetPython python;
    std::vector<std::string> groups; // dependency_groups; extras are always none
};

// InvalidInput: no marker, or one that what is known of the base does not decide.
Result<bool> marker_holds(std::string_view marker, const MarkerEnvironment& environment);

// "Requires-Python" (PEP 440 specifiers, ">=3.8,<3.12") as a marker.
std::string marker_of_requires_python(std::string_view specifiers);

} // namespace pedigree::imagebuild
