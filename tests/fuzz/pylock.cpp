#include "imagebuild/lock/lock.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void pylock(std::string_view input) {
    const auto read = imagebuild::parse_lock(input, "pylock.toml");
    if (!read) {
        require(read.error().reason == "LockInvalid" && read.error().message.size() < 2000);
        return;
    }
    for (const imagebuild::LockedPackage& package : read->packages) {
        require(!package.name.empty() && !package.version.empty() && !package.hashes.empty());
        require(package.line > 0);
    }
}

} // namespace pedigree::fuzz
