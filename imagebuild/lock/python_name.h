#pragma once
// Names and versions of Python packages as far as an installer that never resolves needs them:
// PEP 503 normalised names, and whether an installed version is the one a lock pins (PEP 440).
// Pure.

#include <string>
#include <string_view>

namespace pedigree::imagebuild {

bool is_python_name(std::string_view name);         // PEP 508, before normalisation
std::string normalized_name(std::string_view name); // "Foo_Bar.x" -> "foo-bar-x"

// Of a requirement (PEP 508): "numpy[x] (<2) ; python_version < '3.9'" has the name "numpy",
// normalised, and the marker "python_version < '3.9'"; without one it is empty.
std::string required_name(std::string_view requirement);
std::string_view requirement_marker(std::string_view requirement);

// "1.0" and "1.0.0", "v1.0", "1.0-rc1" and "1.0rc1" are the same; a pin without a local part fits
// any ("2.13.0" fits "2.13.0+cpu").
bool version_fits(std::string_view pinned, std::string_view installed);

} // namespace pedigree::imagebuild
