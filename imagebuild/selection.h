#pragma once
// Which packages of a lock have to be laid over a base: those whose markers hold there. Those the
// base has in the same version are left to it, another version is a conflict and refused, since two
// versions of one package in one Python answer differently depending on who asks. Pure.

#include <vector>

#include "imagebuild/inventory/inventory.h"
#include "imagebuild/lock/lock.h"

namespace pedigree::imagebuild {

// A package whose marker does not hold for the base is left out. LockInvalid: a marker that what is
// known of the base does not decide (E0140), a lock or package for other Pythons (E0142), two
// versions chosen for one package (E0124). LockConflict names both versions, where the base has its
// own, and who there wants it.
Result<std::vector<LockedPackage>> select_packages(const Lock& lock, const BaseInventory& base,
                                                   std::string_view lock_file);

// What a message proposes where base and lock conflict: "take a base with ...".
std::string without_packages(const TargetPython& python);

} // namespace pedigree::imagebuild
