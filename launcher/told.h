#pragma once
// What the pod was made for: files that the operator wrote, or prepare laid from these, whose
// digests stand in the Job. A script reads what was recorded or is not started.

#include <filesystem>
#include <string>

#include "base/result.h"
#include "launcher/options.h"

namespace pedigree::launcher {

// The pod's configuration, a ConfigMap that others may put another one in the place of, and the
// parameters of it, which $PEDIGREE_PARAMETERS names. Forbidden names both digests.
Status check_told(const Options& options);

// `digest`: "sha256:<64 hex>"; "": it is not checked. `else_said` is what a person reads then.
Status check_told_file(const std::filesystem::path& file, const std::string& digest,
                       const std::string& else_said);

} // namespace pedigree::launcher
