#pragma once
// A line of a table for programs (RFC 4180): fields with a comma, a quote or the end of a line in
// them are quoted. Pure.

#include <string>
#include <vector>

namespace pedigree::cli {

std::string csv_line(const std::vector<std::string>& fields);

} // namespace pedigree::cli
