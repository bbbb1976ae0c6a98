#pragma once
// A base image's inventory for a command: read from its registry once, which takes all its layers,
// and kept in a cache of the user's by digest.

#include <filesystem>

#include "cli/app/terminal.h"
#include "cli/image/registry_access.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::cli {

// `cache`: the folder, made when it is needed; empty: nothing is kept.
Result<imagebuild::BaseInventory> read_base_inventory(const RegistryAccess& registries,
                                                      const spec::ImageReference& base,
                                                      const std::filesystem::path& cache,
                                                      Terminal& terminal);

} // namespace pedigree::cli
