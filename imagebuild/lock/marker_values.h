#pragma once
// The comparisons of environment markers, three-valued: an operand may not be known. Used by
// marker.cpp alone.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imagebuild/lock/marker.h"

namespace pedigree::imagebuild {

// In this order `and` is the lesser, `or` the greater (Kleene).
enum class Truth { False, Unknown, True };

struct MarkerOperand {
    enum class Kind { Literal, Text, Python, PatchedPython, Set, Unknown };
    Kind kind = Kind::Literal;
    std::string text;             // of Literal and Text
    std::vector<std::string> set; // of Set
};

// Nothing: no variable of that name.
std::optional<MarkerOperand> marker_variable(std::string_view name,
                                             const MarkerEnvironment& environment);

// `operation` as it is written: "==", "not in" ...
Result<Truth> compare_operands(const MarkerOperand& left, std::string_view operation,
                               const MarkerOperand& right, const TargetPython& python);

} // namespace pedigree::imagebuild
