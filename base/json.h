#pragma once
// JSON as all of pedigree uses it: bounded parsing, typed field access that names the field in its
// error, and the canonical form in which documents are hashed. nlohmann's json.hpp is included by
// .cpp files that build documents; headers need only this one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace pedigree {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t bytes_max = 16 * 1024 * 1024;
    std::size_t depth_max = 64;
};

// Parses one document. Duplicate keys, invalid UTF-8, trailing data, too deep and too large are
// refused with the byte offset.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Canonical form: keys sorted by bytes, no whitespace, ASCII output (\uXXXX), integers as they
// are, other numbers in the shortest form that reads back (ECMAScript, RFC 8785); 1.0 becomes 1.
std::string canonical_json(const Json& value);

// A number in RFC 8785 form, as the ledger holds non-integers (as strings).
std::string canonical_number(double value);

// Field access on an object. Missing or of another type: InvalidInput naming the field.
Result<std::string> string_field(const Json& object, std::string_view name);
Result<std::int64_t> integer_field(const Json& object, std::string_view name);
Result<bool> bool_field(const Json& object, std::string_view name);
// Missing or null gives the fallback; of another type is an error in the typed readers above and
// the fallback here: for documents of other systems, where fields may be absent.
std::string string_or(const Json& object, std::string_view name, std::string_view fallback = "");
std::int64_t integer_or(const Json& object, std::string_view name, std::int64_t fallback = 0);
bool bool_or(const Json& object, std::string_view name, bool fallback = false);

// Walks objects by keys; a missing step gives a pointer to a shared null value, never nullptr.
const Json& at_path(const Json& object, std::initializer_list<std::string_view> keys);

} // namespace pedigree
