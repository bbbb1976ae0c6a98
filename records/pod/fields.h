#pragma once
// Reading the pod protocol's documents: optional fields keep the struct's default when absent and
// are an error, naming the field, when of another type. Used by the codecs of this folder alone.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::records::pod {

inline bool absent(const Json& object, std::string_view name) {
    return at_path(object, {name}).is_null();
}

inline Status read(const Json& object, std::string_view name, std::string& out) {
    if (!absent(object, name)) {
        TRY(out, string_field(object, name));
    }
    return {};
}

inline Status read(const Json& object, std::string_view name, std::int64_t& out) {
    if (!absent(object, name)) {
        TRY(out, integer_field(object, name));
    }
    return {};
}

inline Status read(const Json& object, std::string_view name, bool& out) {
    if (!absent(object, name)) {
        TRY(out, bool_field(object, name));
    }
    return {};
}

inline Status read(const Json& object, std::string_view name,
                   std::map<std::string, std::string>& out) {
    if (absent(object, name)) {
        return {};
    }
    const Json& members = at_path(object, {name});
    if (!members.is_object()) {
        return failure(ErrorCode::InvalidInput,
                       "field \"" + std::string(name) + "\" must be an object of strings");
    }
    for (const auto& [key, value] : members.items()) {
        TRY(std::string text, string_field(members, key));
        out.emplace(key, std::move(text));
    }
    return {};
}

// Each element through `element`, whose error is prefixed by the field's name and index.
template <typename T, typename Element>
Status read_list(const Json& object, std::string_view name, std::vector<T>& out, Element element) {
    if (absent(object, name)) {
        return {};
    }
    const Json& members = at_path(object, {name});
    if (!members.is_array()) {
        return failure(ErrorCode::InvalidInput,
                       "field \"" + std::string(name) + "\" must be a list");
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
        auto value = element(members[i]);
        if (!value) {
            return tl::unexpected<Error>(
                std::move(value.error()).within(std::string(name) + "[" + std::to_string(i) + "]"));
        }
        out.push_back(std::move(*value));
    }
    return {};
}

} // namespace pedigree::records::pod
