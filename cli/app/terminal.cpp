#include "cli/app/terminal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

namespace pedigree::cli {

namespace {

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

// Shells set COLUMNS without exporting it: where it is there, somebody means it.
std::size_t columns_of(int descriptor) {
    const char* given = std::getenv("COLUMNS");
    const std::string_view text = given == nullptr ? "" : given;
    std::size_t columns = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), columns);
    if (!text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size()) {
        return columns;
    }
    winsize size{};
    return ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col
                                                                                    : 0;
}

// Columns of one character.
std::size_t width_of(std::uint32_t code) {
    const bool combining = code >= 0x300 && code <= 0x36F;
    return combining ? 0 : is_wide(code) ? 2 : 1;
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
            locale_has_unicode(),
            columns_of(STDOUT_FILENO)};
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
    return clean_text(text, SIZE_MAX);
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    constexpr std::string_view mark = "...";
    if (display_width(text) <= columns) {
        return std::string(text);
    }
    const std::size_t room = columns - std::min(columns, mark.size());
    std::size_t width = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const Character character = first_character(text.substr(bytes));
        if (width + width_of(character.code) > room) {
            break;
        }
        width += width_of(character.code);
        bytes += character.bytes;
    }
    return std::string(text.substr(0, bytes)).append(mark.substr(0, columns));
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        width += width_of(character.code);
        text.remove_prefix(character.bytes);
    }
    return width;
}

} // namespace pedigree::cli
