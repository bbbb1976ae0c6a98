#pragma once
// Reads a base image from its registry into an inventory: manifest and configuration always, the
// layers only when what they hold is asked for (once per base; the inventory is kept). And keeps
// the base in a repository of ours, beside the images that were built on it, so that it outlives
// its registry: the same bytes under the same digests, which prove it. One thread.

#include "imagebuild/inventory/inventory.h"
#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {

enum class BaseDepth { Documents, Layers };

// Called before each layer: which, of how many.
using LayerProgress = std::function<void(std::size_t done, std::size_t total)>;

Result<BaseInventory> read_base(RegistryClient& registry, const Digest& digest, BaseDepth depth,
                                const LayerProgress& progress);

// Its layers must be there already. Gives the bytes that were sent.
Result<std::uint64_t> keep_base(RegistryClient& from, RegistryClient& ours, const Digest& digest,
                                const BaseInventory& base);
// As read_base, of what keep_base has kept.
Result<BaseInventory> read_kept_base(RegistryClient& ours, const Digest& digest, BaseDepth depth,
                                     const LayerProgress& progress);

} // namespace pedigree::imagebuild
