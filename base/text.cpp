#include "base/text.h"

#include <fmt/format.h>

namespace pedigree {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD
constexpr std::string_view cut_mark = "...";

// What the first byte of a character promises. The bounds of the second byte keep out overlong
// forms, surrogates and what lies beyond U+10FFFF.
struct Lead {
    std::size_t bytes = 0; // 0: no character begins so
    unsigned second_min = 0x80;
    unsigned second_max = 0xbf;
    unsigned mask = 0x7f; // of the bits that count
};

Lead lead_of(unsigned first) {
    if (first < 0x80) {
        return {.bytes = 1};
    }
    if (first < 0xc2 || first > 0xf4) {
        return {};
    }
    if (first < 0xe0) {
        return {.bytes = 2, .mask = 0x1f};
    }
    if (first < 0xf0) {
        return {3, first == 0xe0 ? 0xa0U : 0x80U, first == 0xed ? 0x9fU : 0xbfU, 0x0f};
    }
    return {4, first == 0xf0 ? 0x90U : 0x80U, first == 0xf4 ? 0x8fU : 0xbfU, 0x07};
}

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

std::string shown(std::uint32_t code) {
    switch (code) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    }
}

} // namespace

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const Lead lead = lead_of(byte(0));
    if (lead.bytes == 0) {
        return {};
    }
    std::uint32_t code = byte(0) & lead.mask;
    for (std::size_t i = 1; i < lead.bytes; ++i) {
        const unsigned lowest = i == 1 ? lead.second_min : 0x80;
        const unsigned highest = i == 1 ? lead.second_max : 0xbf;
        if (i == text.size() || byte(i) < lowest || byte(i) > highest) {
            return {.bytes = i};
        }
        code = code << 6 | (byte(i) & 0x3fU);
    }
    return {code, lead.bytes, true};
}

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const Character character = first_character(bytes);
        if (!character.valid) {
            return false;
        }
        bytes.remove_prefix(character.bytes);
    }
    return true;
}

std::string valid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const Character character = first_character(bytes);
        out += character.valid ? bytes.substr(0, character.bytes) : replacement;
        bytes.remove_prefix(character.bytes);
    }
    return out;
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::string clean_text(std::string_view bytes, std::size_t bytes_max, Lines lines) {
    std::string out;
    std::size_t before_mark = 0; // the longest length that leaves room for the mark
    while (!bytes.empty()) {
        const Character character = first_character(bytes);
        const bool kept =
            lines == Lines::Keep && (character.code == '\n' || character.code == '\t');
        if (!character.valid) {
            out += replacement;
        } else if (is_control(character.code) && !kept) {
            out += shown(character.code);
        } else {
            out += bytes.substr(0, character.bytes);
        }
        if (out.size() > bytes_max) {
            out.resize(before_mark);
            out += bytes_max < cut_mark.size() ? std::string_view() : cut_mark;
            return out;
        }
        if (out.size() + cut_mark.size() <= bytes_max) {
            before_mark = out.size();
        }
        bytes.remove_prefix(character.bytes);
    }
    return out;
}

std::string_view text_front(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t end = bytes_max;
    // A character has at most three bytes after its first.
    for (int back = 0; back < 3 && end > 0 && continues(text[end]); ++back) {
        --end;
    }
    return text.substr(0, continues(text[end]) ? bytes_max : end);
}

std::string_view text_back(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t begin = text.size() - bytes_max;
    for (int forward = 0; forward < 3 && begin < text.size() && continues(text[begin]); ++forward) {
        ++begin;
    }
    return text.substr(begin);
}

} // namespace pedigree
