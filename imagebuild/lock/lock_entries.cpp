#include "imagebuild/lock/lock_entries.h"

#include <fmt/format.h>

#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t faults_shown_max = 5;

} // namespace

void LockEntries::fault(std::string_view code, int line, std::string_view what) {
    if (faults_.size() < faults_shown_max) {
        faults_.push_back(fmt::format("{} {} line {}: {}", code, file_, line, what));
    } else {
        ++more_faults_;
    }
}

void LockEntries::keep(LockedPackage package) {
    const auto [known, is_new] =
        lines_.emplace(normalized_name(package.name) + ";" + package.marker, package.line);
    if (!is_new) {
        fault("E0124", package.line,
              fmt::format("{} stands in line {} already", package.name, known->second));
        return;
    }
    packages_.push_back(std::move(package));
}

Result<std::vector<LockedPackage>> LockEntries::finish() && {
    if (faults_.empty() && packages_.empty()) {
        faults_.push_back(fmt::format("E0141 {}: holds no requirement", file_));
    }
    if (faults_.empty()) {
        return std::move(packages_);
    }
    std::string message = fmt::format("{}", fmt::join(faults_, "; "));
    if (more_faults_ > 0) {
        message += fmt::format("; and {} more", more_faults_);
    }
    return failure(ErrorCode::InvalidInput, "LockInvalid", std::move(message));
}

bool is_pinned_version(std::string_view version) {
    return !version.empty() && version.find_first_of("*,<>=!~ @[]()/") == version.npos;
}

} // namespace pedigree::imagebuild
