#include "imagebuild/wheel/wheel_name.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace pedigree::imagebuild {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::optional<int> number_of(std::string_view text) {
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// The glibc 2.x a manylinux platform asks for; empty for other platforms.
std::optional<int> glibc_wanted(std::string_view platform, std::string_view machine) {
    if (!platform.ends_with(machine)) {
        return std::nullopt;
    }
    platform.remove_suffix(machine.size());
    constexpr std::pair<std::string_view, int> old_names[] = {
        {"manylinux1_", 5}, {"manylinux2010_", 12}, {"manylinux2014_", 17}, {"linux_", 0}};
    for (const auto& [name, minor] : old_names) {
        if (platform == name) {
            return minor;
        }
    }
    constexpr std::string_view prefix = "manylinux_2_";
    if (platform.starts_with(prefix) && platform.ends_with('_')) {
        platform.remove_prefix(prefix.size());
        platform.remove_suffix(1);
        return number_of(platform);
    }
    return std::nullopt;
}

// 3: a binary for this machine, 1: any; 0: not usable.
int platform_rank(const std::string& platform, const TargetPython& target) {
    if (platform == "any") {
        return 1;
    }
    const auto wanted = glibc_wanted(platform, target.machine);
    return wanted && *wanted <= target.glibc_minor ? 3 : 0;
}

// Python and ABI together: the closer to this very interpreter, the higher; 0: not usable.
int interpreter_rank(std::string_view python, std::string_view abi, const TargetPython& target) {
    const std::string own = fmt::format("cp3{}", target.minor);
    if (python == own && abi == own) {
        return 200;
    }
    if (python.starts_with("cp3") && abi == "abi3") {
        const auto minor = number_of(python.substr(3));
        return minor && *minor >= 2 && *minor <= target.minor ? 100 + *minor : 0;
    }
    if (abi != "none") {
        return 0;
    }
    if (python == own) {
        return 90;
    }
    if (python == "py3") {
        return 10;
    }
    if (python.starts_with("py3")) {
        const auto minor = number_of(python.substr(3));
        return minor && *minor <= target.minor ? 20 + *minor : 0;
    }
    return 0;
}

} // namespace

Result<WheelName> parse_wheel_name(std::string_view file_name) {
    const auto refuse = [&] {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is no wheel's file name", file_name.substr(0, 120)));
    };
    constexpr std::string_view suffix = ".whl";
    const bool plain = std::all_of(file_name.begin(), file_name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("-_.+!").find(c) != std::string_view::npos;
    });
    if (!file_name.ends_with(suffix) || file_name.size() > 255 || !plain) {
        return refuse();
    }
    const auto parts = split(file_name.substr(0, file_name.size() - suffix.size()), '-');
    const bool empty_part = std::any_of(parts.begin(), parts.end(),
                                        [](const std::string& part) { return part.empty(); });
    if (parts.size() < 5 || parts.size() > 6 || empty_part) {
        return refuse();
    }
    const std::size_t tags = parts.size() - 3;
    return WheelName{parts[0], parts[1], split(parts[tags], '.'), split(parts[tags + 1], '.'),
                     split(parts[tags + 2], '.')};
}

std::optional<int> wheel_rank(const WheelName& wheel, const TargetPython& target) {
    int best = 0;
    for (const std::string& python : wheel.pythons) {
        for (const std::string& abi : wheel.abis) {
            for (const std::string& platform : wheel.platforms) {
                best = std::max(best, interpreter_rank(python, abi, target) *
                                          platform_rank(platform, target));
            }
        }
    }
    return best > 0 ? std::optional(best) : std::nullopt;
}

std::string tags_text(const WheelName& wheel) {
    return fmt::format("{}-{}-{}", fmt::join(wheel.pythons, "."), fmt::join(wheel.abis, "."),
                       fmt::join(wheel.platforms, "."));
}

} // namespace pedigree::imagebuild
