#pragma once
// What a wheel's file name says (PEP 427) and whether a Python can use it (PEP 425, PEP 600). Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pedigree::imagebuild {

struct WheelName {
    std::string distribution; // as written
    std::string version;
    std::vector<std::string> pythons, abis, platforms; // the compressed tag sets
};

// InvalidInput: not NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl
Result<WheelName> parse_wheel_name(std::string_view file_name);

// The Python of a base image.
struct TargetPython {
    int minor = 0;       // of Python 3
    int glibc_minor = 0; // of glibc 2
    std::string machine = "x86_64";
};

// How well the wheel fits: greater is better; empty: not at all.
std::optional<int> wheel_rank(const WheelName& wheel, const TargetPython& target);

std::string tags_text(const WheelName& wheel); // "cp311-cp311-manylinux_2_17_x86_64"

} // namespace pedigree::imagebuild
