#include "imagebuild/image_plan.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::string_view ours = "pedigree: ";

// Who made each layer, bottom to top; for what is not ours it is empty.
Result<std::vector<std::string>> layer_makers(const std::string& config_text) {
    TRY(const Json config, parse_json(config_text));
    std::vector<std::string> makers;
    for (const Json& entry : at_path(config, {"history"})) {
        if (!bool_or(entry, "empty_layer")) {
            const std::string by = string_or(entry, "created_by");
            makers.push_back(by.starts_with(ours) ? by.substr(ours.size()) : "");
        }
    }
    return makers;
}

void compare_input(std::string_view name, const std::string& before, const std::string& now,
                   std::vector<std::string>& reasons) {
    if (before == now) {
        return;
    }
    reasons.push_back(before.empty() ? fmt::format("{} is new: {}", name, now)
                      : now.empty()  ? fmt::format("{} is gone, it was {}", name, before)
                                     : fmt::format("{} is {}, it was {}", name, now, before));
}

Result<std::vector<std::string>> reasons_of(const Manifest& now,
                                            const std::optional<ImageText>& before) {
    if (!before) {
        return std::vector<std::string>{"no image of it is known"};
    }
    std::vector<std::string> reasons;
    if (sha256(before->manifest) == now.digest) {
        return reasons;
    }
    TRY(const ImageInputs there, image_inputs(before->manifest));
    TRY(const ImageInputs here, image_inputs(now.bytes));
    compare_input("the base", there.base, here.base, reasons);
    compare_input("the lock", there.lock, here.lock, reasons);
    compare_input("the code's tree", there.tree, here.tree, reasons);
    compare_input("the form of layers", there.layer_format, here.layer_format, reasons);
    if (reasons.empty()) {
        reasons.emplace_back("another version of pedigree made the image that is there");
    }
    return reasons;
}

Result<std::set<Digest>> digests_of_layers(const std::string& manifest) {
    TRY(const auto layers, base_layers(manifest));
    std::set<Digest> digests;
    for (const BaseLayer& layer : layers) {
        digests.insert(layer.digest);
    }
    return digests;
}

} // namespace

Result<ImageInputs> image_inputs(const std::string& manifest) {
    TRY(const Json document, parse_json(manifest));
    const Json& notes = at_path(document, {"annotations"});
    return ImageInputs{string_or(notes, "org.opencontainers.image.base.digest"),
                       string_or(notes, "dev.pedigree.lock"), string_or(notes, "dev.pedigree.tree"),
                       string_or(notes, "dev.pedigree.layer-format")};
}

Result<std::vector<AddedLayer>> layers_of_ours(const ImageText& image) {
    TRY(const auto layers, base_layers(image.manifest));
    TRY(const auto makers, layer_makers(image.config));
    TRY(const Json config, parse_json(image.config));
    const Json& diff_ids = at_path(config, {"rootfs", "diff_ids"});
    if (makers.size() != layers.size() || !diff_ids.is_array() ||
        diff_ids.size() != layers.size()) {
        return std::vector<AddedLayer>();
    }
    std::vector<AddedLayer> added;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (makers[i].empty()) {
            continue;
        }
        TRY(const Digest diff_id,
            Digest::parse(diff_ids[i].is_string() ? diff_ids[i].get<std::string>() : ""));
        added.push_back(
            {{layers[i].digest, diff_id, layers[i].bytes, layers[i].toc_digest}, makers[i]});
    }
    return added;
}

Result<ImagePlan> plan_image(const ImageDocuments& now, const std::string& base_manifest,
                             const std::optional<ImageText>& before) {
    TRY(const auto layers, base_layers(now.manifest.bytes));
    TRY(const auto makers, layer_makers(now.config));
    TRY(const auto of_base, digests_of_layers(base_manifest));
    std::set<Digest> there;
    if (before) {
        TRY(there, digests_of_layers(before->manifest));
    }
    ImagePlan plan;
    plan.image = now.manifest.digest;
    TRY(plan.reasons, reasons_of(now.manifest, before));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string& maker = makers.at(i); // compose_image writes one for each layer
        const Digest& digest = layers[i].digest;
        const LayerNews news = of_base.contains(digest) ? LayerNews::OfBase
                               : there.contains(digest) ? LayerNews::Kept
                                                        : LayerNews::New;
        plan.new_bytes += news == LayerNews::New ? layers[i].bytes : 0;
        plan.layers.push_back({maker.empty() ? "the base" : maker, digest, layers[i].bytes, news});
    }
    if (!plan.reasons.empty()) {
        plan.new_bytes += now.config.size() + now.manifest.bytes.size();
    }
    return plan;
}

} // namespace pedigree::imagebuild
