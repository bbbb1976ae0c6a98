#pragma once
// What a wheel's file name says (PyPA, binary distribution format) and whether a Python can use it
// (platform compatibility tags):
//
//     numpy-1.24.3-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
//     name  version build python abi platform: any of those with dots between them
//
// "cp311" is CPython 3.11 and no other, "abi3" holds for all later ones, "py3" for all; a
// "manylinux" platform names the oldest glibc that it runs with. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pedigree::imagebuild {

struct WheelName {
    std::string distribution; // as written
    std::string version;
    std::string build;                                 // "2", "10a" (PEP 427), empty: none
    std::vector<std::string> pythons, abis, platforms; // the compressed tag sets
};

// InvalidInput: not NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl
Result<WheelName> parse_wheel_name(std::string_view file_name);

// The Python of a base image.
struct TargetPython {
    int minor = 0;       // of Python 3
    int glibc_minor = 0; // of glibc 2
    std::string machine = "x86_64";
    std::optional<int> patch = {}; // of Python 3.`minor`; not known of every base

    std::string version() const; // "3.11.2", or "3.11"
};

// How well the wheel fits: greater is better; empty: not at all. The order is that of pip's tags
// (packaging.tags): the closest interpreter first, of one interpreter the newest glibc.
std::optional<int> wheel_rank(const WheelName& wheel, const TargetPython& target);
// Of two wheels with one rank the one with the higher build tag is taken: its number, then its
// rest.
bool build_before(const WheelName& a, const WheelName& b);

std::string tags_text(const WheelName& wheel); // "cp311-cp311-manylinux_2_17_x86_64"

} // namespace pedigree::imagebuild
