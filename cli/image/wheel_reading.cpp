#include "cli/image/wheel_reading.h"

#include <set>

#include "imagebuild/wheel/wheel_artifact.h"

namespace pedigree::cli {

Result<std::map<std::string, imagebuild::DerivedWheel>>
recorded_wheels(imagebuild::RegistryClient& repository, const imagebuild::ProvenanceClaim& claim,
                const imagebuild::LockText& lock) {
    TRY(const imagebuild::Lock parsed, imagebuild::parse_lock(lock.bytes, lock.file));
    std::set<Digest> locked;
    for (const imagebuild::LockedPackage& package : parsed.packages) {
        locked.insert(package.hashes.begin(), package.hashes.end());
    }
    std::map<std::string, imagebuild::DerivedWheel> wheels;
    for (const Digest& digest : claim.wheels) {
        if (locked.contains(digest)) {
            continue;
        }
        TRY(const auto kept, imagebuild::find_wheel(repository, digest));
        if (kept && locked.contains(kept->source)) {
            wheels.emplace(kept->source.text(), kept->wheel);
        }
    }
    return wheels;
}

} // namespace pedigree::cli
