#include "store/value.h"

#include <nlohmann/json.hpp>

namespace pedigree::store {
namespace {

template <typename Values, typename Print>
std::string array_literal(const Values& values, Print print) {
    std::string out = "{";
    for (const auto& value : values) {
        if (out.size() > 1) {
            out += ',';
        }
        print(out, value);
    }
    return out + "}";
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    out += '"';
}

} // namespace

Parameter::Parameter(const Digest& digest)
    : text_(std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size())),
      binary_(true) {}

Parameter::Parameter(const Json& document) : text_(canonical_json(document)) {}

Parameter::Parameter(const std::vector<std::int64_t>& values)
    : text_(array_literal(
          values, [](std::string& out, std::int64_t value) { out += std::to_string(value); })) {}

Parameter::Parameter(const std::vector<std::string>& values)
    : text_(array_literal(values, append_quoted)) {}

Parameter::Parameter(const std::vector<Bytes>& values)
    : text_(array_literal(values, [](std::string& out, const Bytes& bytes) {
          append_quoted(out, "\\x" + to_hex(bytes.value));
      })) {}

} // namespace pedigree::store
