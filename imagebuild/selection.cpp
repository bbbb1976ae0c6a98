#include "imagebuild/selection.h"

#include <algorithm>

#include <fmt/format.h>

#include "imagebuild/python_name.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t conflicts_shown_max = 5, wanters_shown_max = 3;

// "numpy (<=1.24.3,>=1.22) ; ..." -> "numpy"
std::string required_name(std::string_view requirement) {
    return normalized_name(requirement.substr(0, requirement.find_first_of(" ([<>=!~;")));
}

std::string wanters(const BaseInventory& base, const std::string& name) {
    std::vector<std::string> found;
    for (const InstalledDistribution& one : base.distributions) {
        for (const std::string& requirement : one.requirements) {
            const bool optional = requirement.find("extra ==") != requirement.npos;
            if (!optional && required_name(requirement) == name &&
                found.size() < wanters_shown_max) {
                found.push_back(fmt::format("{} {} wants {}", one.name, one.version, requirement));
            }
        }
    }
    return found.empty() ? "" : fmt::format(" ({})", fmt::join(found, "; "));
}

const InstalledDistribution* installed(const BaseInventory& base, const std::string& name) {
    const auto found =
        std::find_if(base.distributions.begin(), base.distributions.end(),
                     [&](const InstalledDistribution& one) {
                         // What a distribution's own packages bring lies behind on the path and is
                         // shadowed.
                         return one.site == base.scheme.site && normalized_name(one.name) == name;
                     });
    return found == base.distributions.end() ? nullptr : &*found;
}

} // namespace

Result<std::vector<LockedPackage>> select_packages(const Lock& lock, const BaseInventory& base,
                                                   std::string_view lock_file) {
    std::vector<LockedPackage> selected;
    std::vector<std::string> conflicts;
    for (const LockedPackage& package : lock.packages) {
        if (!package.marker.empty()) {
            return failure(ErrorCode::InvalidInput, "LockInvalid",
                           fmt::format("E0140 {} line {}: {} has the marker \"{}\", which is not "
                                       "evaluated; export the lock for the base's one Python",
                                       lock_file, package.line, package.name,
                                       package.marker.substr(0, 80)));
        }
        const std::string name = normalized_name(package.name);
        const InstalledDistribution* there = installed(base, name);
        if (there == nullptr) {
            selected.push_back(package);
        } else if (!version_fits(package.version, there->version)) {
            conflicts.push_back(fmt::format("{} line {} pins {}=={}, but the base has {} {}{}",
                                            lock_file, package.line, package.name, package.version,
                                            there->name, there->version, wanters(base, name)));
        }
    }
    if (!conflicts.empty()) {
        const std::size_t shown = std::min(conflicts.size(), conflicts_shown_max);
        conflicts.resize(shown);
        return failure(ErrorCode::InvalidInput, "LockConflict",
                       fmt::format("{}; resolve the lock anew with the base's versions as "
                                   "constraints, or choose another base",
                                   fmt::join(conflicts, "; ")));
    }
    return selected;
}

} // namespace pedigree::imagebuild
