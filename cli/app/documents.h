#pragma once
// Documents in and out: an Experiment read from a file or standard input, JSON and YAML printed.
// What is printed as YAML reads back as the same document with every reader of YAML 1.1 or 1.2,
// which is why doubtful words are quoted.

#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/app/format.h"

namespace pedigree::cli {

constexpr std::size_t document_bytes_max = 1024 * 1024;

// The text of a file; "-" is standard input, read to its end. TooLarge beyond document_bytes_max,
// InvalidInput for a folder, NotFound, Forbidden.
Result<std::string> read_document(const std::string& file);

// The envelope of every document that a command prints itself: apiVersion and kind before what it
// holds; the items of a list stand under "items". docs/api has the schema of each kind.
Json enveloped(std::string_view kind, Json document);

// Indented JSON, or YAML with every doubtful string quoted. Ends with a line feed. Bytes that are
// no UTF-8 become U+FFFD.
std::string document_text(const Json& document, Format format);

} // namespace pedigree::cli
