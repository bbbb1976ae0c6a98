#pragma once
// Numbers as a person reads them: six significant digits, where programs get all. Whole numbers,
// and texts that are no numbers, stay as they are.
//
//     rounded("0.0031622776601683794")                        // "0.00316228"
//     rounded_apart({"0.98123456789", "0.98123456788"})       // as many digits as tell them apart
//
// Pure.

#include <string>
#include <string_view>
#include <vector>

namespace pedigree {

std::string rounded(std::string_view number);

// Of numbers that stand beside each other: two that differ are never shown alike.
std::vector<std::string> rounded_apart(const std::vector<std::string>& numbers);

} // namespace pedigree
