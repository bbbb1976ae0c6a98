#include "cli/app/screen.h"

#include <algorithm>
#include <array>
#include <limits>
#include <ostream>

#include <unistd.h>

#include "base/text.h"

namespace pedigree::cli {

namespace {

// How many bytes at the end are the beginning of a character.
std::size_t cut_short(std::string_view text) {
    constexpr std::size_t character_bytes_max = 4;
    for (std::size_t back = 1; back < character_bytes_max && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80U) {
            continue; // of a character that began before
        }
        const std::size_t bytes = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC2U ? 2 : 1;
        return bytes > back ? back : 0;
    }
    return 0;
}

std::string cleaned(std::string_view text) {
    return clean_text(text, std::numeric_limits<std::size_t>::max(), Lines::Keep);
}

// What stands for the next bytes; none: more must arrive first.
struct Step {
    std::string shown;
    std::size_t bytes = 0;
};

Step step_at_return(std::string_view text) {
    if (text.size() == 1) {
        return {};
    }
    return {text[1] == '\n' ? "" : "\n", 1};
}

// The colours that we write ourselves, such as "\033[1;31m", pass; what hides or blinks does not.
bool is_colour(std::string_view parameters) {
    constexpr std::array<std::string_view, 9> colours{"0",  "1",  "2",    "31",  "32",
                                                      "33", "34", "1;31", "1;34"};
    return std::find(colours.begin(), colours.end(), parameters) != colours.end();
}

Step step_at_escape(std::string_view text) {
    constexpr std::string_view begin = "\033[";
    constexpr std::size_t parameters_bytes_max = 4;
    const std::size_t end = text.find_first_not_of("0123456789;", begin.size());
    const std::size_t known = std::min(end, text.size());
    const bool cut = end == std::string_view::npos &&
                     begin.starts_with(text.substr(0, begin.size())) &&
                     known <= begin.size() + parameters_bytes_max;
    if (cut) {
        return {};
    }
    if (text.starts_with(begin) && end != std::string_view::npos && text[end] == 'm' &&
        is_colour(text.substr(begin.size(), end - begin.size()))) {
        return {std::string(text.substr(0, end + 1)), end + 1};
    }
    return {cleaned(text.substr(0, 1)), 1};
}

} // namespace

std::string ScreenText::shown(std::string_view bytes) {
    held_ += bytes;
    const std::string text = std::move(held_);
    held_.clear();
    std::string out;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t plain = std::min(rest.find_first_of("\033\r"), rest.size());
        const std::string_view front = rest.substr(0, plain);
        rest.remove_prefix(plain);
        const std::size_t held = rest.empty() ? cut_short(front) : 0;
        out += cleaned(front.substr(0, front.size() - held));
        if (rest.empty()) {
            held_ = front.substr(front.size() - held);
            break;
        }
        const Step step = rest.front() == '\r' ? step_at_return(rest) : step_at_escape(rest);
        if (step.bytes == 0) {
            held_ = rest;
            break;
        }
        out += step.shown;
        rest.remove_prefix(step.bytes);
    }
    return out;
}

std::string ScreenText::end() {
    const bool is_return = held_.size() == 1 && held_.front() == '\r';
    std::string text = is_return ? "\n" : cleaned(held_);
    held_.clear();
    return text;
}

Screen::~Screen() {
    pass(text_.end());
    behind_.pubsync();
}

bool Screen::pass(std::string_view text) {
    const auto count = static_cast<std::streamsize>(text.size());
    return behind_.sputn(text.data(), count) == count;
}

std::streamsize Screen::xsputn(const char* bytes, std::streamsize count) {
    return pass(text_.shown({bytes, static_cast<std::size_t>(count)})) ? count : 0;
}

Screen::int_type Screen::overflow(int_type byte) {
    if (traits_type::eq_int_type(byte, traits_type::eof())) {
        return traits_type::not_eof(byte);
    }
    const char one = traits_type::to_char_type(byte);
    return xsputn(&one, 1) == 1 ? byte : traits_type::eof();
}

int Screen::sync() {
    return behind_.pubsync();
}

ScreenDoor::ScreenDoor(std::ostream& stream, int descriptor) : stream_(stream) {
    if (::isatty(descriptor) == 1) {
        behind_ = stream.rdbuf();
        screen_.emplace(*behind_);
        stream.rdbuf(&*screen_);
    }
}

ScreenDoor::~ScreenDoor() {
    if (behind_ != nullptr) {
        stream_.rdbuf(behind_);
    }
}

} // namespace pedigree::cli
