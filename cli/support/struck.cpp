#include "cli/support/struck.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <nlohmann/json.hpp>

#include "k8s/object.h"

namespace pedigree::cli {

namespace {

constexpr std::string_view redacted_word = "[redacted]";
constexpr std::string_view name_signs = "_-.";
constexpr std::string_view value_ends = " \t\r\n\"'\\,;&<>)}]";
// What a key that holds a credential ends in, without '_' and '-', in small letters.
constexpr std::array credential_keys{"password",   "passwd",      "token",        "secret",
                                     "apikey",     "accesskey",   "accesskeyid",  "credential",
                                     "privatekey", "credentials", "authorization"};

bool is_name_sign(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           name_signs.find(c) != std::string_view::npos;
}

bool is_credential_key(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return std::any_of(credential_keys.begin(), credential_keys.end(),
                       [&](std::string_view key) { return plain.ends_with(key); });
}

struct Span {
    std::size_t begin = 0, end = 0;
};

// "postgres://ann:secret@host": what stands between the colon and the last '@' of the authority.
Span password_of_url(std::string_view text, std::size_t slashes) {
    const std::size_t begin = slashes + 3; // "://"
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'\\/?#", begin), text.size());
    const std::size_t at = text.substr(0, end).rfind('@');
    const std::size_t colon = text.find(':', begin);
    return at != std::string_view::npos && at >= begin && colon < at ? Span{colon + 1, at}
                                                                     : Span{begin, begin};
}

// Where the value of a name begins that ends before `at`, the place of '=' or ':'. Quotes of JSON
// may themselves be escaped, where it stands within a string.
Span value_at(std::string_view text, std::size_t at) {
    std::size_t name_end = at;
    const bool quoted_name = name_end > 0 && text[name_end - 1] == '"';
    while (name_end > 0 && (text[name_end - 1] == '"' || text[name_end - 1] == '\\')) {
        --name_end;
    }
    std::size_t name_begin = name_end;
    while (name_begin > 0 && is_name_sign(text[name_begin - 1])) {
        --name_begin;
    }
    const std::string_view name = text.substr(name_begin, name_end - name_begin);
    // A colon stands in prose, too: behind a plain name it counts in a header's alone.
    const bool counts = text[at] == '=' || quoted_name || name == "Authorization";
    if (!counts || !is_credential_key(name)) {
        return {};
    }
    std::size_t begin = text.find_first_not_of(" \\\"'", at + 1);
    begin = std::min(begin, text.size());
    const std::string_view opening = text.substr(at + 1, begin - at - 1);
    if (opening.find('"') == std::string_view::npos && name == "Authorization") {
        return {begin, std::min(text.find_first_of("\r\n", begin), text.size())};
    }
    const bool quoted = opening.find_first_of("\"'") != std::string_view::npos;
    if (quoted_name && !quoted) {
        return {}; // an object, a list, a switch: what is in it has keys of its own
    }
    const std::size_t end = text.find_first_of(quoted ? "\"'\\\r\n" : value_ends, begin);
    return {begin, std::min(end, text.size())};
}

Span private_key_at(std::string_view text, std::size_t at) {
    constexpr std::string_view word = "PRIVATE KEY-----";
    const std::size_t first = text.find(word, at);
    if (first == std::string_view::npos || first - at > 40) {
        return {};
    }
    const std::size_t last = text.find(word, first + word.size());
    return {at, last == std::string_view::npos ? text.size() : last + word.size()};
}

Span bearer_at(std::string_view text, std::size_t at) {
    constexpr std::string_view word = "Bearer ";
    const std::size_t begin = at + word.size();
    return {begin, std::min(text.find_first_of(value_ends, begin), text.size())};
}

// Empty: no credential begins at this place.
Span credential_at(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("://")) {
        return password_of_url(text, at);
    }
    if (rest.starts_with("-----BEGIN ")) {
        return private_key_at(text, at);
    }
    if (rest.starts_with("Bearer ")) {
        return bearer_at(text, at);
    }
    return text[at] == '=' || text[at] == ':' ? value_at(text, at) : Span{};
}

void drop_values(Json& value) {
    if (value.is_object()) {
        if (const auto env = value.find("env"); env != value.end() && env->is_array()) {
            for (Json& variable : *env) {
                if (variable.is_object() && variable.contains("value")) {
                    variable["value"] = redacted_word;
                }
            }
        }
    }
    if (value.is_structured()) {
        for (Json& member : value) {
            drop_values(member);
        }
    }
}

} // namespace

std::string struck(std::string_view text, std::set<std::string>& found) {
    std::string out;
    std::size_t kept = 0; // up to here `out` has the text
    for (std::size_t at = text.find_first_of(":=-B"); at != std::string_view::npos;
         at = text.find_first_of(":=-B", std::max(at + 1, kept))) {
        const Span span = credential_at(text, at);
        if (span.end > span.begin && span.begin >= kept) {
            out += text.substr(kept, span.begin - kept);
            out += redacted_word;
            found.emplace(text.substr(span.begin, span.end - span.begin));
            kept = span.end;
        }
    }
    out += text.substr(kept);
    return out;
}

Json without_values(Json object) {
    k8s::drop_unread_metadata(object);
    drop_values(object);
    return object;
}

} // namespace pedigree::cli
