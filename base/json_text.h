#pragma once
// JSON as text for a wire, a file or a person. Never throws, whatever bytes the strings hold: what
// is no UTF-8 becomes U+FFFD, a number that is not finite null. (The library's own dump() throws on
// the first, which has ended a process; tests/tidy finds its use.) For what is hashed or compared
// there is canonical_json (base/json.h). Pure.

#include <string>

#include "base/json.h"

namespace pedigree {

enum class JsonForm {
    Line,      // no whitespace
    AsciiLine, // the same, with \uXXXX for what is beyond ASCII
    Indented,  // two spaces a level
};

std::string json_text(const Json& value, JsonForm form = JsonForm::Line);

} // namespace pedigree
