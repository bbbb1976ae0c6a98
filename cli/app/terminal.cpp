#include "cli/app/terminal.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

namespace pedigree::cli {

namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 0; // 0: invalid UTF-8
};

// Decodes the character at the beginning; overlong forms and surrogates are invalid.
Character decode(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < bytes) {
        return {};
    }
    std::uint32_t code = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) {
            return {};
        }
        code = code << 6 | (next & 0x3FU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return {};
    }
    return {code, bytes};
}

// C0, DEL, C1, and the marks that reorder or hide text on a screen.
bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xFEFF;
}

// The wide and full-width ranges of Unicode's EastAsianWidth that occur in names and messages.
bool is_wide(std::uint32_t code) {
    return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
           (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
           (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) ||
           (code >= 0x20000 && code <= 0x3FFFD);
}

bool wants_colour(ColourMode mode, int descriptor) {
    if (mode != ColourMode::Auto) {
        return mode == ColourMode::Always;
    }
    const char* no_colour = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    const bool refused = (no_colour != nullptr && *no_colour != '\0') || term == nullptr ||
                         std::string_view(term) == "dumb";
    return !refused && ::isatty(descriptor) == 1;
}

bool locale_has_unicode() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            const std::string_view locale(value);
            return locale.find("UTF-8") != std::string_view::npos ||
                   locale.find("utf8") != std::string_view::npos;
        }
    }
    return false;
}

std::string_view sequence(Colour colour) {
    switch (colour) {
    case Colour::None:
        return "";
    case Colour::Bold:
        return "\033[1m";
    case Colour::Dim:
        return "\033[2m";
    case Colour::Red:
        return "\033[31m";
    case Colour::Green:
        return "\033[32m";
    case Colour::Yellow:
        return "\033[33m";
    case Colour::Blue:
        return "\033[34m";
    }
    return "";
}

} // namespace

Terminal standard_terminal(ColourMode mode) {
    return {std::cout,
            std::cerr,
            wants_colour(mode, STDOUT_FILENO),
            wants_colour(mode, STDERR_FILENO),
            ::isatty(STDERR_FILENO) == 1,
            locale_has_unicode()};
}

std::string coloured(std::string_view text, Colour colour, bool on) {
    if (!on || colour == Colour::None || text.empty()) {
        return std::string(text);
    }
    return std::string(sequence(colour)).append(text).append("\033[0m");
}

Colour colour_of_phase(std::string_view phase) {
    if (phase == "Succeeded") {
        return Colour::Green;
    }
    if (phase == "Failed") {
        return Colour::Red;
    }
    if (phase == "Cancelled" || phase == "Suspended") {
        return Colour::Yellow;
    }
    return phase == "Running" || phase == "Sealing" ? Colour::Blue : Colour::None;
}

std::string printable(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Character character = decode(text);
        if (character.bytes == 0) {
            result += '?';
            text.remove_prefix(1);
            continue;
        }
        if (is_control(character.code)) {
            result += ' ';
        } else {
            result += text.substr(0, character.bytes);
        }
        text.remove_prefix(character.bytes);
    }
    return result;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = decode(text);
        const bool combining = character.code >= 0x300 && character.code <= 0x36F;
        width += combining ? 0 : is_wide(character.code) ? 2 : 1;
        text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
    }
    return width;
}

} // namespace pedigree::cli
