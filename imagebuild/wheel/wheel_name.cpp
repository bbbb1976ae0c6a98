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

constexpr int platform_ranks = 4 * 1024; // more than a platform's rank may be
constexpr int glibc_minor_max = 1024;

// Of binaries for this machine the one that asks for the newest glibc is best; 1: any; 0: not
// usable.
int platform_rank(const std::string& platform, const TargetPython& target) {
    if (platform == "any") {
        return 1;
    }
    const auto wanted = glibc_wanted(platform, target.machine);
    if (!wanted || *wanted > target.glibc_minor || *wanted > glibc_minor_max) {
        return 0;
    }
    const bool own_name = platform.starts_with("manylinux_"); // goes before its old name
    return 2 + 2 * *wanted + (own_name ? 1 : 0);
}

// Of the interpreter and ABI, closest first, as packaging.tags lists them; 0: not usable.
int interpreter_rank(std::string_view python, std::string_view abi, const TargetPython& target) {
    const std::string own = fmt::format("cp3{}", target.minor);
    if (python == own && (abi == own || abi == "abi3" || abi == "none")) {
        return abi == own ? 900 : abi == "abi3" ? 800 : 700;
    }
    if (python.starts_with("cp3") && abi == "abi3") {
        const auto minor = number_of(python.substr(3));
        return minor && *minor >= 2 && *minor < target.minor ? 300 + *minor : 0;
    }
    if (abi != "none" || !python.starts_with("py3")) {
        return 0;
    }
    if (python == "py3") {
        return 2 * target.minor + 1; // between py3<minor> and the older ones
    }
    const auto minor = number_of(python.substr(3));
    return !minor || *minor > target.minor ? 0
           : *minor == target.minor        ? 2 * *minor + 2
                                           : *minor + 1;
}

// What runs anywhere comes behind all that is for this machine.
int tag_rank(std::string_view python, std::string_view abi, const std::string& platform,
             const TargetPython& target) {
    const int interpreter = interpreter_rank(python, abi, target);
    const int rank = platform_rank(platform, target);
    if (interpreter == 0 || rank == 0) {
        return 0;
    }
    return platform == "any" ? interpreter : interpreter * platform_ranks + rank;
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
    const std::string build = parts.size() == 6 ? parts[2] : "";
    if (!build.empty() && std::isdigit(static_cast<unsigned char>(build.front())) == 0) {
        return refuse();
    }
    return WheelName{parts[0],
                     parts[1],
                     build,
                     split(parts[tags], '.'),
                     split(parts[tags + 1], '.'),
                     split(parts[tags + 2], '.')};
}

std::string TargetPython::version() const {
    return patch ? fmt::format("3.{}.{}", minor, *patch) : fmt::format("3.{}", minor);
}

bool build_before(const WheelName& a, const WheelName& b) {
    const auto key = [](const std::string& build) {
        const std::size_t digits = std::min(build.find_first_not_of("0123456789"), build.size());
        return std::pair(number_of(std::string_view(build).substr(0, digits)).value_or(-1),
                         build.substr(digits));
    };
    return key(a.build) < key(b.build);
}

std::optional<int> wheel_rank(const WheelName& wheel, const TargetPython& target) {
    int best = 0;
    for (const std::string& python : wheel.pythons) {
        for (const std::string& abi : wheel.abis) {
            for (const std::string& platform : wheel.platforms) {
                best = std::max(best, tag_rank(python, abi, platform, target));
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
