#include "pipeline/spec/yaml_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::spec {
namespace {

bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0; // 0: not UTF-8
};

Character character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(at);
    if (first < 0x80U) {
        return {first, 1};
    }
    const std::size_t bytes = first >= 0xf0U ? 4 : first >= 0xe0U ? 3 : first >= 0xc2U ? 2 : 0;
    if (bytes == 0 || first > 0xf4U) {
        return {};
    }
    char32_t code = first & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(at + i) & 0xc0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(at + i) & 0x3fU);
    }
    const bool too_long = (bytes == 3 && code < 0x800U) || (bytes == 4 && code < 0x10000U);
    const bool surrogate = code >= 0xd800U && code <= 0xdfffU;
    return too_long || surrogate || code > 0x10ffffU ? Character{} : Character{code, bytes};
}

// Characters that turn the direction of text or cannot be seen: what is read is not what is there.
bool is_deceptive(char32_t code) {
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           (code >= 0x200b && code <= 0x200f) || code == 0x061c || code == 0xfeff;
}

Mark advance(Mark mark, char c) {
    return c == '\n' ? Mark{mark.line + 1, 1} : Mark{mark.line, mark.column + 1};
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    const auto same = [&](std::string_view word) {
        return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == b;
        });
    };
    return std::any_of(words.begin(), words.end(), same);
}

std::string_view without_sign(std::string_view text) {
    return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

bool is_integer(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_decimal);
}

// [0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)? or \.[0-9]+([eE][-+]?[0-9]+)?
bool is_decimal(std::string_view text) {
    const auto digits = [&] {
        std::size_t count = 0;
        while (!text.empty() && is_decimal(text.front())) {
            text.remove_prefix(1);
            ++count;
        }
        return count;
    };
    const std::size_t whole = digits();
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = digits();
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text = without_sign(text.substr(1));
        return digits() > 0 && text.empty();
    }
    return text.empty();
}

// 12:30, 1:02:03: seconds for YAML 1.1, text for YAML 1.2.
bool is_sexagesimal(std::string_view text) {
    return is_decimal(text.empty() ? ' ' : text.front()) &&
           text.find(':') != std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_decimal(c) || c == ':'; });
}

// 0755, 0o17, 0x1f, 0b1, 1_000
bool is_doubtful_number(std::string_view text) {
    if (text.size() > 1 && text.front() == '0' &&
        (is_integer(text) || is_one_of(text.substr(0, 2), {"0o", "0x", "0b"}))) {
        return true;
    }
    return text.find('_') != std::string_view::npos &&
           is_decimal(text.empty() ? ' ' : text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_decimal(c) || c == '_' || c == '.'; });
}

tl::unexpected<YamlProblem> ambiguous(const std::string& text) {
    return tl::unexpected<YamlProblem>(
        {"E0004",
         fmt::format("{} means different things to different readers of YAML", text),
         {},
         fmt::format("write it in quotes, \"{}\", or as true, false or a decimal number", text)});
}

std::optional<YamlProblem> character_problem(Character character, char32_t code, Mark mark) {
    if (character.bytes == 0) {
        return YamlProblem{"E0006", "invalid UTF-8", mark, "save the file as UTF-8"};
    }
    if (is_deceptive(code)) {
        return YamlProblem{
            "E0007", fmt::format("invisible character U+{:04X}", static_cast<std::uint32_t>(code)),
            mark, "delete it"};
    }
    if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0x7f) {
        return YamlProblem{
            "E0006", fmt::format("control character U+{:04X}", static_cast<std::uint32_t>(code)),
            mark, "delete it"};
    }
    return std::nullopt;
}

} // namespace

std::string first_beyond_ascii(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (character.code >= 0x80) {
            return fmt::format("U+{:04X}", static_cast<std::uint32_t>(character.code));
        }
        i += std::max<std::size_t>(character.bytes, 1);
    }
    return "";
}

std::optional<YamlProblem> text_problem(std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max) {
        return YamlProblem{"E0008", fmt::format("larger than {} KiB", bytes_max / 1024), {}, ""};
    }
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return YamlProblem{"E0006", "UTF-16 is not supported", {}, "save the file as UTF-8"};
    }
    const bool flow = text.find_first_not_of(" \t\r\n") != std::string_view::npos &&
                      text[text.find_first_not_of(" \t\r\n")] == '{';
    Mark mark;
    bool indentation = true;
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (auto problem = character_problem(character, character.code, mark)) {
            return problem;
        }
        const char c = text[i];
        if (c == '\t' && indentation && !flow) {
            return YamlProblem{"E0001", "tab used for indentation; use spaces", mark, ""};
        }
        indentation = c == '\n' || (indentation && c == ' ');
        for (std::size_t n = 0; n < character.bytes; ++n) {
            mark = advance(mark, text[i + n]);
        }
        i += character.bytes;
    }
    return std::nullopt;
}

tl::expected<Json, YamlProblem> plain_scalar(const std::string& text) {
    if (is_one_of(text, {"true"})) {
        return Json(true);
    }
    if (is_one_of(text, {"false"})) {
        return Json(false);
    }
    if (is_one_of(text, {"yes", "no", "on", "off", "y", "n"})) {
        return ambiguous(text);
    }
    const std::string_view magnitude = without_sign(text);
    if (is_one_of(magnitude, {".inf", "inf", "infinity", ".nan", "nan"})) {
        return tl::unexpected<YamlProblem>(
            {"E0103", fmt::format("{} must be a finite number", text), {}, ""});
    }
    if (is_doubtful_number(magnitude) || is_sexagesimal(magnitude)) {
        return ambiguous(text);
    }
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char* end = text.data() + text.size();
    if (is_integer(magnitude)) {
        std::int64_t integer = 0;
        if (std::from_chars(begin, end, integer).ec == std::errc()) {
            return Json(integer);
        }
    }
    if (is_decimal(magnitude)) {
        double number = 0;
        const auto read = std::from_chars(begin, end, number);
        if (read.ec != std::errc() || !std::isfinite(number)) {
            return tl::unexpected<YamlProblem>(
                {"E0103", fmt::format("{} must be a finite number", text), {}, ""});
        }
        return Json(number);
    }
    return Json(text);
}

} // namespace pedigree::spec
