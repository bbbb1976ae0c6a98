#pragma once
// Why no lock could be made, in terms of who wants what, with what to do about it. Pure.

#include <string>

#include "cli/image/pip_answer.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::cli {

// `requirements` is the file as the user named it. InvalidInput with reason LockConflict for
// versions that do not go together, NoFittingWheel for a package of which no file fits.
Error lock_conflict(const PipRefusal& refusal, const imagebuild::BaseInventory& base,
                    const std::string& requirements);

} // namespace pedigree::cli
