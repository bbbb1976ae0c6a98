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

tl::unexpected<Error> refuse(std::string_view what) {
    return failure(ErrorCode::InvalidInput, "ImageRefused", fmt::format("the base image {}", what));
}

std::string oci_type(const std::string& type) {
    return type == "application/vnd.docker.image.rootfs.diff.tar.gzip" ? layer_type : type;
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
    TRY(const Json document, parse_json(manifest));
    const Json& list = at_path(document, {"layers"});
    if (integer_or(document, "schemaVersion") != 2 || !list.is_array()) {
        return refuse("has no manifest of schema 2");
    }
    if (list.size() > layers_max) {
        return refuse(fmt::format("has {} layers, more than {}", list.size(), layers_max));
    }
    std::vector<BaseLayer> layers;
    for (const Json& entry : list) {
        const auto digest = Digest::parse(string_or(entry, "digest"));
        const std::int64_t bytes = integer_or(entry, "size", -1);
        if (!digest || bytes < 0) {
            return refuse("has a layer without a sha256 digest or a size");
        }
        BaseLayer& layer = layers.emplace_back(
            BaseLayer{*digest, static_cast<std::uint64_t>(bytes), string_or(entry, "mediaType")});
        if (const auto toc =
                Digest::parse(string_or(at_path(entry, {"annotations"}), toc_annotation))) {
            layer.toc_digest = *toc;
        }
    }
    return layers;
}

Result<Digest> config_digest(const std::string& manifest) {
    TRY(const Json document, parse_json(manifest));
    auto digest = Digest::parse(string_or(at_path(document, {"config"}), "digest"));
    return digest ? std::move(digest) : refuse("has no manifest that names a configuration");
}

Result<std::optional<Digest>> choose_platform(const Manifest& manifest,
                                              const std::string& machine) {
    TRY(const Json document, parse_json(manifest.bytes));
    const Json& list = at_path(document, {"manifests"});
    if (!list.is_array()) {
        return std::optional<Digest>();
    }
    if (document.contains("layers") || document.contains("config")) {
        return refuse("has a manifest that is an index as well: readers would disagree (E2106)");
    }
    for (const Json& entry : list) {
        const Json& platform = at_path(entry, {"platform"});
        if (string_or(platform, "os") == "linux" &&
            string_or(platform, "architecture") == machine) {
            TRY(const Digest digest, Digest::parse(string_or(entry, "digest")));
            return std::optional(digest);
        }
    }
    return refuse(fmt::format("has no variant for linux/{}", machine));
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
    TRY(Json manifest, parse_json(base.bytes));
    TRY(Json config, parse_json(base_config));
    TRY(const std::vector<BaseLayer> below, base_layers(base.bytes));
    if (below.size() + added.size() > layers_max) {
        return refuse(fmt::format("and ours have {} layers, more than {}",
                                  below.size() + added.size(), layers_max));
    }
    Json diff_ids = at_path(config, {"rootfs", "diff_ids"});
    if (!diff_ids.is_array() || diff_ids.size() != below.size()) {
        return refuse("does not list its layers' diff ids");
    }
    const Json& settings = at_path(config, {"config"});
    const Json& theirs = at_path(settings, {"Labels"});
    if (!(settings.is_null() || settings.is_object()) ||
        !(theirs.is_null() || theirs.is_object())) {
        return refuse("has a configuration whose settings or labels are no object");
    }
    Json history = padded_history(config, below.size());
    Json layers = manifest["layers"];
    for (Json& layer : layers) {
        layer["mediaType"] = oci_type(string_or(layer, "mediaType"));
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
