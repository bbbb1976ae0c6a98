#include "imagebuild/selection.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "imagebuild/lock/marker.h"
#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t conflicts_shown_max = 5, wanters_shown_max = 3;

std::string wanters(const BaseInventory& base, const std::string& name) {
    std::vector<std::string> found = wanted_by(base, name);
    found.resize(std::min(found.size(), wanters_shown_max));
    return found.empty() ? "" : fmt::format(" ({})", fmt::join(found, "; "));
}

class Selector {
  public:
    Selector(const BaseInventory& base, const Lock& lock, std::string_view lock_file)
        : base_(base), environment_{base.python, lock.groups}, lock_file_(lock_file) {}

    // A marker that the base must meet.
    Status require(std::string_view marker, int line, std::string_view who) const {
        TRY(const bool met, holds(marker, line, who));
        return met ? Status()
                   : Status(invalid("E0142", line,
                                    fmt::format("{} is for another Python than the base's 3.{}: {}",
                                                who, base_.python.minor, marker.substr(0, 120))));
    }

    Status take(const LockedPackage& package) {
        TRY(const bool wanted, holds(package.marker, package.line, package.name));
        if (!wanted) {
            return {};
        }
        TRY(require(package.environment, package.line, package.name));
        const std::string name = normalized_name(package.name);
        const auto [known, is_new] = lines_.emplace(name, package.line);
        if (!is_new) {
            return invalid("E0124", package.line,
                           fmt::format("{} is chosen in line {} already; their markers both hold "
                                       "for the base",
                                       package.name, known->second));
        }
        const InstalledDistribution* there = installed_distribution(base_, name);
        if (there == nullptr) {
            selected_.push_back(package);
        } else if (!version_fits(package.version, there->version)) {
            conflicts_.push_back(fmt::format(
                "{} line {} pins {}=={}, but the base has {} {}{}", lock_file_, package.line,
                package.name, package.version, there->name, there->version, wanters(base_, name)));
        }
        return {};
    }

    Result<std::vector<LockedPackage>> finish() && {
        if (conflicts_.empty()) {
            return std::move(selected_);
        }
        conflicts_.resize(std::min(conflicts_.size(), conflicts_shown_max));
        return failure(ErrorCode::InvalidInput, "LockConflict",
                       fmt::format("{}; make the lock anew with `pedigree lock`, which keeps to "
                                   "the base's versions, or {}",
                                   fmt::join(conflicts_, "; "), without_packages(base_.python)));
    }

  private:
    Result<bool> holds(std::string_view marker, int line, std::string_view who) const {
        if (marker.empty()) {
            return true;
        }
        const auto answer = marker_holds(marker, environment_);
        return answer ? answer
                      : invalid("E0140", line,
                                fmt::format("{} has the marker \"{}\": {}", who,
                                            marker.substr(0, 80), answer.error().message));
    }

    tl::unexpected<Error> invalid(std::string_view code, int line, std::string_view what) const {
        return failure(ErrorCode::InvalidInput, "LockInvalid",
                       fmt::format("{} {} line {}: {}", code, lock_file_, line, what));
    }

    const BaseInventory& base_;
    const MarkerEnvironment environment_;
    std::string_view lock_file_;
    std::map<std::string, int> lines_; // of what was chosen, by normalised name
    std::vector<LockedPackage> selected_;
    std::vector<std::string> conflicts_;
};

} // namespace

std::string without_packages(const TargetPython& python) {
    return fmt::format("take a base with Python 3.{} and no packages of its own, such as a slim "
                       "Python image, and a lock that brings everything (docs/spec/image.md, \"A "
                       "base without packages\")",
                       python.minor);
}

Result<std::vector<LockedPackage>> select_packages(const Lock& lock, const BaseInventory& base,
                                                   std::string_view lock_file) {
    Selector selector(base, lock, lock_file);
    TRY(selector.require(lock.environment, 1, "the lock"));
    for (const LockedPackage& package : lock.packages) {
        TRY(selector.take(package));
    }
    return std::move(selector).finish();
}

} // namespace pedigree::imagebuild
