#pragma once
// Which packages of a lock have to be laid over a base: those the base has in the same version are
// left to it, another version is a conflict and refused, since two versions of one package in one
// Python answer differently depending on who asks. Pure.

#include <vector>

#include "imagebuild/inventory.h"
#include "imagebuild/lock.h"

namespace pedigree::imagebuild {

// LockInvalid for a package with a marker (markers are not evaluated, and guessing would install
// what does not belong there); LockConflict names both versions, where the base has its own, and
// who there wants it.
Result<std::vector<LockedPackage>> select_packages(const Lock& lock, const BaseInventory& base,
                                                   std::string_view lock_file);

} // namespace pedigree::imagebuild
