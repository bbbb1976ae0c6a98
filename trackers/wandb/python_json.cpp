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

Result<Json> parse_python_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes_max) {
        return failure(ErrorCode::TooLarge, "a JSON document is larger than it may be");
    }
    limits.bytes_max = text.size() * 3 + 64; // what stands in for other bytes is longer
    std::string changed;
    if (text.find("NaN") != text.npos || text.find("Infinity") != text.npos) {
        changed = quoted_words(text);
        text = changed;
    }
    if (is_utf8(text)) {
        return parse_json(text, limits);
    }
    return parse_json(valid_utf8(text), limits);
}

} // namespace pedigree::trackers::wandb
