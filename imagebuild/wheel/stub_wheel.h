#pragma once
// A wheel that holds nothing but what a resolver asks of a distribution: its name, its version and
// what it requires. It stands in for a distribution whose real file is not to be had or not worth
// fetching: those that a base image ships, and those that exist as source alone. It is never
// installed. Its tags and its build number are the best a resolver knows for the Python, so that it
// is taken before any other file of the same version. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {

struct StubWheel {
    std::string file_name;
    std::string bytes;
};

// `requirements` are lines of Requires-Dist. InvalidInput for a name or version that no wheel's
// file name can hold, and for a requirement of more than one line.
Result<StubWheel> make_stub_wheel(std::string_view name, std::string_view version,
                                  const std::vector<std::string>& requirements,
                                  const TargetPython& python);

} // namespace pedigree::imagebuild
