#pragma once
// Reads a base image from its registry into an inventory: manifest and configuration always, the
// layers only when what they hold is asked for (once per base; the inventory is kept).

#include "imagebuild/inventory.h"
#include "imagebuild/registry.h"

namespace pedigree::imagebuild {

enum class BaseDepth { Documents, Layers };

// Called before each layer: which, of how many.
using LayerProgress = std::function<void(std::size_t done, std::size_t total)>;

Result<BaseInventory> read_base(RegistryClient& registry, const Digest& digest, BaseDepth depth,
                                const LayerProgress& progress);

} // namespace pedigree::imagebuild
