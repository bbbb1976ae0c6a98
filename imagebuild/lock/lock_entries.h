#pragma once
// What both forms of a lock collect: its packages and every fault with its line, so that the file
// can be mended in one go. Used by lock.cpp and pylock.cpp alone.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imagebuild/lock/lock.h"

namespace pedigree::imagebuild {

class LockEntries {
  public:
    // `file` is the name that errors show, and outlives this.
    explicit LockEntries(std::string_view file) : file_(file) {}

    void fault(std::string_view code, int line, std::string_view what);
    // A package whose pin and hashes are there; one that is there already is a fault.
    void keep(LockedPackage package);
    // LockInvalid with the first faults, or the packages.
    Result<std::vector<LockedPackage>> finish() &&;

  private:
    std::string_view file_;
    std::vector<LockedPackage> packages_;
    std::map<std::string, int> lines_; // by normalised name and marker
    std::vector<std::string> faults_;
    std::size_t more_faults_ = 0;
};

// One version and nothing else: what stands behind ==.
bool is_pinned_version(std::string_view version);

} // namespace pedigree::imagebuild
