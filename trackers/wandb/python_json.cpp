#include "trackers/wandb/python_json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::trackers::wandb {
namespace {

// The word for a value that is not finite at the front of a text, or "".
std::string_view word_at(std::string_view text) {
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
        if (text.starts_with(word)) {
            return word;
        }
    }
    return {};
}

// Puts quotation marks around those words where they stand outside of strings.
std::string quoted_words(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 64);
    bool in_string = false;
    for (std::size_t at = 0; at < text.size();) {
        const char byte = text[at];
        if (in_string && byte == '\\') {
            out += text.substr(at, 2);
            at += 2;
            continue;
        }
        const std::string_view word = in_string ? std::string_view() : word_at(text.substr(at));
        if (!word.empty()) {
            out += '"';
            out += word;
            out += '"';
            at += word.size();
            continue;
        }
        in_string = in_string != (byte == '"');
        out += byte;
        ++at;
    }
    return out;
}

} // namespace

std::optional<std::string> strict_json_text(std::string_view text) {
    const bool has_words = text.find("NaN") != text.npos || text.find("Infinity") != text.npos;
    if (has_words) {
        std::string changed = quoted_words(text);
        return is_utf8(changed) ? std::move(changed) : valid_utf8(changed);
    }
    return is_utf8(text) ? std::nullopt : std::optional(valid_utf8(text));
}

Result<Json> parse_python_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes_max) {
        return failure(ErrorCode::TooLarge, "a JSON document is larger than it may be");
    }
    const auto changed = strict_json_text(text);
    limits.bytes_max = text.size() * 3 + 64; // what stands in for other bytes is longer
    return parse_json(changed ? std::string_view(*changed) : text, limits);
}

} // namespace pedigree::trackers::wandb
