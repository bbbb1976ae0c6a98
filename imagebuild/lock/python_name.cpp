#include "imagebuild/lock/python_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace pedigree::imagebuild {
namespace {

bool is_alphanumeric(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string_view canonical_word(std::string_view word) {
    constexpr std::array<std::array<std::string_view, 2>, 6> synonyms{{{"alpha", "a"},
                                                                       {"beta", "b"},
                                                                       {"c", "rc"},
                                                                       {"pre", "rc"},
                                                                       {"preview", "rc"},
                                                                       {"rev", "post"}}};
    for (const auto& [from, to] : synonyms) {
        if (word == from) {
            return to;
        }
    }
    return word == "r" ? "post" : word;
}

// The version as numbers and words without separators: "1.0-RC1" -> {"1", "0", "rc", "1"}. Zeros
// that end the release are dropped.
std::vector<std::string> version_parts(std::string_view version) {
    std::vector<std::string> parts;
    std::size_t release_end = 0;
    bool in_release = true;
    if (!version.empty() && lower(version.front()) == 'v') {
        version.remove_prefix(1);
    }
    for (std::size_t i = 0; i < version.size();) {
        if (!is_alphanumeric(version[i])) {
            ++i;
            continue;
        }
        const bool number = is_digit(version[i]);
        std::string part;
        while (i < version.size() && is_alphanumeric(version[i]) &&
               is_digit(version[i]) == number) {
            part += lower(version[i++]);
        }
        if (number) {
            part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
        } else {
            part = canonical_word(part);
            in_release = false;
        }
        parts.push_back(std::move(part));
        release_end = in_release ? parts.size() : release_end;
    }
    while (release_end > 1 && parts[release_end - 1] == "0") {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(--release_end));
    }
    return parts;
}

} // namespace

bool is_python_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 && is_alphanumeric(name.front()) &&
           is_alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
               return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
           });
}

std::string normalized_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator) {
            out += lower(c);
        } else if (out.empty() || out.back() != '-') {
            out += '-';
        }
    }
    return out;
}

std::string required_name(std::string_view requirement) {
    return normalized_name(requirement.substr(0, requirement.find_first_of(" ([<>=!~;@")));
}

std::string_view requirement_marker(std::string_view requirement) {
    const std::size_t semicolon = requirement.find(';');
    if (semicolon == requirement.npos) {
        return {};
    }
    const std::string_view marker = requirement.substr(semicolon + 1);
    return marker.substr(std::min(marker.find_first_not_of(' '), marker.size()));
}

bool version_fits(std::string_view pinned, std::string_view installed) {
    const auto split = [](std::string_view version) {
        const std::size_t plus = version.find('+');
        return std::pair(version.substr(0, plus),
                         plus == version.npos ? std::string_view() : version.substr(plus + 1));
    };
    const auto [pinned_public, pinned_local] = split(pinned);
    const auto [installed_public, installed_local] = split(installed);
    return version_parts(pinned_public) == version_parts(installed_public) &&
           (pinned_local.empty() || version_parts(pinned_local) == version_parts(installed_local));
}

} // namespace pedigree::imagebuild
