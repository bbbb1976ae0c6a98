#pragma once
// Documents in and out: an Experiment read from a file or standard input, JSON and YAML printed.

#include <string>

#include "base/json.h"
#include "cli/app/format.h"

namespace pedigree::cli {

constexpr std::size_t document_bytes_max = 1024 * 1024;

// The text of a file; "-" is standard input.
Result<std::string> read_document(const std::string& file);

// Indented JSON, or YAML with every doubtful string quoted. Ends with a line feed.
std::string document_text(const Json& document, Format format);

} // namespace pedigree::cli
