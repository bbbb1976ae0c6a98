#include "pipeline/spec/field_error.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree::spec {
namespace {

constexpr std::size_t value_bytes_max = 80;
constexpr std::size_t edits_max = 2;

bool is_plain_key(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
}

// "https://user:password@host" -> "https://[redacted]@host"
std::string without_user_information(std::string text) {
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) {
        return text;
    }
    const auto begin = scheme + 3;
    const auto end = std::min(text.find_first_of("/?#", begin), text.size());
    const auto at = text.rfind('@', end);
    if (at == std::string::npos || at < begin) {
        return text;
    }
    return text.replace(begin, at - begin, "[redacted]");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

} // namespace

Words<FieldErrorType> words_of(FieldErrorType) {
    static constexpr Word<FieldErrorType> table[] = {
        {FieldErrorType::Required, "Required value"},
        {FieldErrorType::Invalid, "Invalid value"},
        {FieldErrorType::Unsupported, "Unsupported value"},
        {FieldErrorType::Duplicate, "Duplicate value"},
        {FieldErrorType::Forbidden, "Forbidden"},
        {FieldErrorType::NotFound, "Not found"},
        {FieldErrorType::TooLong, "Too long"},
        {FieldErrorType::TooMany, "Too many"},
        {FieldErrorType::TooFew, "Too few"},
        {FieldErrorType::Unknown, "unknown field"},
    };
    return table;
}

std::string to_text(const FieldError& error) {
    std::string text = error.type == FieldErrorType::Unknown
                           ? fmt::format("unknown field \"{}\"", error.path)
                           : fmt::format("{}: {}", error.path, to_string(error.type));
    if (!error.value.empty()) {
        text += ": " + error.value;
    }
    if (!error.message.empty()) {
        text += ": " + error.message;
    }
    if (!error.code.empty()) {
        text += " (" + error.code + ")";
    }
    return text;
}

std::string to_text(const std::vector<FieldError>& errors, std::size_t count_max) {
    std::string text;
    for (std::size_t i = 0; i < std::min(errors.size(), count_max); ++i) {
        text += (i == 0 ? "" : "; ") + to_text(errors[i]);
    }
    if (errors.size() > count_max) {
        text += fmt::format("; and {} more", errors.size() - count_max);
    }
    return text;
}

std::string child_path(std::string_view parent, std::string_view key) {
    if (!is_plain_key(key)) {
        return fmt::format("{}[{}]", parent, key);
    }
    return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

std::string item_path(std::string_view parent, std::size_t index) {
    return fmt::format("{}[{}]", parent, index);
}

std::string quoted(const Json& value) {
    std::string text;
    if (value.is_string()) {
        text = json_text(without_user_information(value.get<std::string>()), JsonForm::AsciiLine);
    } else if (value.is_structured()) {
        return value.is_object() ? "\"object\"" : "\"array\"";
    } else {
        text = canonical_json(value);
    }
    if (text.size() > value_bytes_max) {
        text = text.substr(0, value_bytes_max) + "...";
    }
    return text;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t word_bytes_max = 64; // longer words are no slips of a key
    if (word.size() > word_bytes_max) {
        return "";
    }
    std::string best;
    std::size_t best_distance = edits_max + 1;
    for (const auto& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace pedigree::spec
