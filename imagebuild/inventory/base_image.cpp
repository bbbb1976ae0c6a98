#include "imagebuild/inventory/base_image.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/archive/gunzip.h"
#include "imagebuild/archive/unzstd.h"
#include "imagebuild/documents.h"
#include "imagebuild/inventory/inventory_scan.h"
#include "imagebuild/registry/referrers.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* wanted_architecture = "amd64";
constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::uint64_t layer_bytes_max = 64ull << 30; // unpacked
constexpr int rounds_max = 2;                          // a link to a link is one to its file

// Through what unpacks it, a stream with feed() and finish().
template <typename Unpacker>
Status scan_packed(RegistryClient& registry, const BaseLayer& layer, TarReader& reader) {
    Unpacker unpacker(layer_bytes_max);
    TRY(registry.blob(layer.digest, layer.bytes, [&](std::string_view piece) {
        return unpacker.feed(piece, [&](std::string_view out) { return reader.feed(out); });
    }));
    return unpacker.finish();
}

Status scan_layer(RegistryClient& registry, const BaseLayer& layer, InventoryScan& scan) {
    scan.begin_layer();
    TarReader reader(scan);
    switch (layer.packing) {
    case LayerPacking::None:
        TRY(registry.blob(layer.digest, layer.bytes,
                          [&](std::string_view piece) { return reader.feed(piece); }));
        break;
    case LayerPacking::Gzip:
        TRY(scan_packed<Gunzip>(registry, layer, reader));
        break;
    case LayerPacking::Zstd:
        TRY(scan_packed<Unzstd>(registry, layer, reader));
        break;
    }
    return reader.finish();
}

// Once as a rule; again, if a hard link names a file whose content went by unread.
Result<BaseInventory> scan_layers(RegistryClient& registry, const std::vector<BaseLayer>& layers,
                                  const Json& config, const LayerProgress& progress) {
    std::map<std::string, std::string> hidden;
    for (int round = 1;; ++round) {
        InventoryScan scan(hidden);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            progress(i, layers.size());
            TRY(scan_layer(registry, layers[i], scan));
        }
        if (scan.unread().empty() || round == rounds_max) {
            return scan.finish(config);
        }
        hidden.insert(scan.unread().begin(), scan.unread().end());
    }
}

Result<BaseInventory> read(RegistryClient& registry, Manifest manifest, BaseDepth depth,
                           const LayerProgress& progress) {
    const Digest asked = manifest.digest;
    TRY(const auto platform, choose_platform(manifest, wanted_architecture));
    if (platform) {
        TRY(manifest, registry.manifest(*platform));
        TRY(const auto deeper, choose_platform(manifest, wanted_architecture));
        if (deeper) {
            return failure(ErrorCode::InvalidInput, "ImageRefused",
                           "E2107 the base image's index names another index, which is not "
                           "followed; pin the digest of the inner one");
        }
    }
    TRY(const Digest config_id, config_digest(manifest.bytes));
    TRY(const std::string config_text, registry.small_blob(config_id, config_bytes_max));
    TRY(const Json config, parse_json(config_text));
    BaseInventory inventory;
    if (depth == BaseDepth::Layers) {
        TRY(const std::vector<BaseLayer> layers, base_layers(manifest.bytes));
        TRY(inventory, scan_layers(registry, layers, config, progress));
        inventory.scanned = true;
    }
    inventory.manifest = std::move(manifest.bytes);
    inventory.config = config_text;
    inventory.index_digest = platform ? asked.text() : "";
    return inventory;
}

// By this the registry's garbage collection keeps it; it is read by digest.
std::string kept_tag(const Digest& digest) {
    return "base-" + digest.hex().substr(0, 20);
}

} // namespace

Result<BaseInventory> read_base(RegistryClient& registry, const Digest& digest, BaseDepth depth,
                                const LayerProgress& progress) {
    TRY(Manifest manifest, registry.manifest(digest));
    return read(registry, std::move(manifest), depth, progress);
}

// An index cannot stand here as what it is, since it names platforms that are not copied: it is the
// document of an artifact about the one that is, and so a blob, which has the same digest.
Result<std::uint64_t> keep_base(RegistryClient& from, RegistryClient& ours, const Digest& digest,
                                const BaseInventory& base) {
    TRY(const Json document, parse_json(base.manifest));
    const Manifest manifest{base.manifest, string_or(document, "mediaType", manifest_type),
                            sha256(base.manifest)};
    TRY(std::uint64_t sent, ours.push_blob(sha256(base.config), base.config));
    TRY(ours.push_manifest(kept_tag(manifest.digest), manifest));
    if (!base.index_digest.empty()) {
        TRY(const Manifest index, from.manifest(digest));
        const Artifact artifact{index.media_type, index.bytes, {}};
        TRY(const std::uint64_t more, attach(ours, manifest, {artifact}));
        TRY(ours.push_manifest(kept_tag(digest), artifact_manifest(manifest, artifact)));
        sent += more;
    }
    return sent;
}

Result<BaseInventory> read_kept_base(RegistryClient& ours, const Digest& digest, BaseDepth depth,
                                     const LayerProgress& progress) {
    auto manifest = ours.manifest(digest);
    if (!manifest && manifest.error().code == ErrorCode::NotFound) {
        TRY(std::string bytes, ours.small_blob(digest, manifest_bytes_max));
        manifest = Manifest{std::move(bytes), "", digest};
    }
    TRY(Manifest found, std::move(manifest));
    return read(ours, std::move(found), depth, progress);
}

} // namespace pedigree::imagebuild
