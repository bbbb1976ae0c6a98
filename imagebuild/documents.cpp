#include "imagebuild/documents.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* config_type = "application/vnd.oci.image.config.v1+json";
constexpr const char* layer_type = "application/vnd.oci.image.layer.v1.tar+gzip";
// By it the stargz snapshotter knows an eStargz, and verifies its table of contents.
constexpr const char* toc_annotation = "containerd.io/snapshot/stargz/toc.digest";
constexpr const char* epoch = "1970-01-01T00:00:00Z";
constexpr std::size_t layers_max = 120; // containerd stops at 127

tl::unexpected<Error> refuse_base(std::string_view what) {
    return failure(ErrorCode::InvalidInput, "ImageRefused", fmt::format("the base image {}", what));
}

// A document of the base that is no JSON is nothing that another try mends.
Result<Json> parsed(const std::string& document) {
    auto json = parse_json(document);
    return json ? std::move(json)
                : Result<Json>(
                      refuse_base("has a document that is no JSON: " + json.error().message));
}

struct LayerType {
    std::string_view name, oci;
    LayerPacking packing;
};

// Docker's names and OCI's, without what both have in common. What "foreign" and
// "nondistributable" layers are called has no meaning any more (image-spec 1.1), how they are
// packed has.
constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.";
constexpr std::string_view oci_layer = "application/vnd.oci.image.layer.";
constexpr LayerType docker_types[] = {
    {"diff.tar.gzip", "v1.tar+gzip", LayerPacking::Gzip},
    {"diff.tar.zstd", "v1.tar+zstd", LayerPacking::Zstd},
    {"diff.tar", "v1.tar", LayerPacking::None},
    {"foreign.diff.tar.gzip", "nondistributable.v1.tar+gzip", LayerPacking::Gzip},
    {"foreign.diff.tar", "nondistributable.v1.tar", LayerPacking::None}};

Result<LayerType> layer_type_of(std::string_view written) {
    for (const LayerType& type : docker_types) {
        const bool docker =
            written.starts_with(docker_layer) && written.substr(docker_layer.size()) == type.name;
        const bool oci =
            written.starts_with(oci_layer) && written.substr(oci_layer.size()) == type.oci;
        if (docker || oci) {
            return type;
        }
    }
    if (written == "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd") {
        return LayerType{"", "nondistributable.v1.tar+zstd", LayerPacking::Zstd};
    }
    return refuse_base(
        fmt::format("has a layer of the type \"{}\", which is not read; push it with gzip "
                    "layers",
                    written.substr(0, 100)));
}

// "": every machine of the architecture; the rest by its number.
int variant_rank(std::string_view variant) {
    const bool numbered = variant.size() == 2 && variant[0] == 'v' && variant[1] >= '1';
    return variant.empty() ? 0 : numbered ? variant[1] - '0' : 100;
}

// One history entry for each layer, or the entries of tools that count layers go wrong.
Json padded_history(const Json& config, std::size_t layers) {
    Json history = at_path(config, {"history"});
    history = history.is_array() ? history : Json::array();
    std::size_t counted = 0;
    for (const Json& entry : history) {
        counted += bool_or(entry, "empty_layer") ? 0 : 1;
    }
    for (; counted < layers; ++counted) {
        history.push_back({{"created", epoch}, {"comment", "not recorded by the base image"}});
    }
    return history;
}

} // namespace

Result<std::vector<BaseLayer>> base_layers(const std::string& manifest) {
    TRY(const Json document, parsed(manifest));
    const Json& list = at_path(document, {"layers"});
    if (integer_or(document, "schemaVersion") != 2 || !list.is_array()) {
        return refuse_base("has no manifest of schema 2");
    }
    if (list.size() > layers_max) {
        return refuse_base(fmt::format("has {} layers, more than {}", list.size(), layers_max));
    }
    std::vector<BaseLayer> layers;
    for (const Json& entry : list) {
        const auto digest = Digest::parse(string_or(entry, "digest"));
        const std::int64_t bytes = integer_or(entry, "size", -1);
        if (!digest || bytes < 0) {
            return refuse_base("has a layer without a sha256 digest or a size");
        }
        TRY(const LayerType type,
            layer_type_of(string_or(entry, "mediaType", std::string(layer_type))));
        BaseLayer& layer =
            layers.emplace_back(BaseLayer{*digest, static_cast<std::uint64_t>(bytes),
                                          fmt::format("{}{}", oci_layer, type.oci), type.packing});
        if (const auto toc =
                Digest::parse(string_or(at_path(entry, {"annotations"}), toc_annotation))) {
            layer.toc_digest = *toc;
        }
    }
    return layers;
}

Result<Digest> config_digest(const std::string& manifest) {
    TRY(const Json document, parsed(manifest));
    auto digest = Digest::parse(string_or(at_path(document, {"config"}), "digest"));
    return digest ? std::move(digest) : refuse_base("has no manifest that names a configuration");
}

Result<std::optional<Digest>> choose_platform(const Manifest& manifest,
                                              const std::string& machine) {
    TRY(const Json document, parsed(manifest.bytes));
    const Json& list = at_path(document, {"manifests"});
    if (!list.is_array()) {
        return std::optional<Digest>();
    }
    if (document.contains("layers") || document.contains("config")) {
        return refuse_base(
            "has a manifest that is an index as well: readers would disagree (E2106)");
    }
    const Json* best = nullptr;
    int best_rank = 0;
    for (const Json& entry : list) {
        const Json& platform = at_path(entry, {"platform"});
        const int rank = variant_rank(string_or(platform, "variant"));
        if (string_or(platform, "os") == "linux" &&
            string_or(platform, "architecture") == machine &&
            (best == nullptr || rank < best_rank)) {
            best = &entry;
            best_rank = rank;
        }
    }
    if (best == nullptr) {
        return refuse_base(fmt::format("has no variant for linux/{}", machine));
    }
    TRY(const Digest digest, Digest::parse(string_or(*best, "digest")));
    return std::optional(digest);
}

std::map<std::string, std::string> image_labels(const std::string& tree, const std::string& lock,
                                                LayerForm form) {
    std::map<std::string, std::string> labels{{"dev.pedigree.tree", tree},
                                              {"dev.pedigree.layer-format", layer_format(form)}};
    if (!lock.empty()) {
        labels["dev.pedigree.lock"] = lock;
    }
    return labels;
}

Result<ImageDocuments> compose_image(const Manifest& base, const std::string& base_config,
                                     const std::vector<AddedLayer>& added,
                                     const std::map<std::string, std::string>& labels) {
    TRY(Json manifest, parsed(base.bytes));
    TRY(Json config, parsed(base_config));
    TRY(const std::vector<BaseLayer> below, base_layers(base.bytes));
    if (below.size() + added.size() > layers_max) {
        return refuse_base(fmt::format("and ours have {} layers, more than {}",
                                       below.size() + added.size(), layers_max));
    }
    Json diff_ids = at_path(config, {"rootfs", "diff_ids"});
    if (!diff_ids.is_array() || diff_ids.size() != below.size()) {
        return refuse_base("does not list its layers' diff ids");
    }
    const Json& settings = at_path(config, {"config"});
    const Json& theirs = at_path(settings, {"Labels"});
    if (!(settings.is_null() || settings.is_object()) ||
        !(theirs.is_null() || theirs.is_object())) {
        return refuse_base("has a configuration whose settings or labels are no object");
    }
    Json history = padded_history(config, below.size());
    Json layers = manifest["layers"];
    for (std::size_t i = 0; i < below.size(); ++i) {
        layers[i]["mediaType"] = below[i].media_type;
    }
    for (const AddedLayer& one : added) {
        diff_ids.push_back(one.layer.diff_id.text());
        history.push_back({{"created", epoch}, {"created_by", "pedigree: " + one.made_by}});
        Json descriptor{{"mediaType", layer_type},
                        {"digest", one.layer.digest.text()},
                        {"size", one.layer.bytes}};
        if (one.layer.toc_digest) {
            descriptor["annotations"] = {{toc_annotation, one.layer.toc_digest->text()}};
        }
        layers.push_back(std::move(descriptor));
    }
    config["created"] = epoch;
    config["history"] = std::move(history);
    config["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}};
    for (const auto& [name, value] : labels) {
        config["config"]["Labels"][name] = value;
    }

    ImageDocuments documents;
    documents.config = canonical_json(config);
    documents.config_digest = sha256(documents.config);
    Json annotations = labels;
    annotations["org.opencontainers.image.base.digest"] = base.digest.text();
    annotations["org.opencontainers.image.created"] = epoch;
    const Json composed{{"schemaVersion", 2},
                        {"mediaType", manifest_type},
                        {"config",
                         {{"mediaType", config_type},
                          {"digest", documents.config_digest.text()},
                          {"size", documents.config.size()}}},
                        {"layers", std::move(layers)},
                        {"annotations", std::move(annotations)}};
    documents.manifest.bytes = canonical_json(composed);
    documents.manifest.media_type = manifest_type;
    documents.manifest.digest = sha256(documents.manifest.bytes);
    return documents;
}

} // namespace pedigree::imagebuild
