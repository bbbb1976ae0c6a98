#pragma once
// The file that $PEDIGREE_PARAMETERS names. prepare lays it from the pod's configuration; its
// digest stands in the Job, so a script reads the values that were recorded or is not started.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace pedigree::launcher {

// `digest`: "sha256:<64 hex>"; "": it is not checked. Forbidden names both digests.
Status check_parameters(const std::filesystem::path& file, const std::string& digest);

} // namespace pedigree::launcher
