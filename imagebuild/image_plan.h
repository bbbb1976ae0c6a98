#pragma once
// What a build would make, held against an image that is there: which layers would be new, how many
// bytes would be sent, and which input is the reason. An image of ours says itself what it was made
// of: the digests of its base, its lock and its tree of code, and the form of its layers
// (docs/spec/image.md). Pure.

#include <optional>
#include <string>
#include <vector>

#include "imagebuild/comparison.h"
#include "imagebuild/documents.h"

namespace pedigree::imagebuild {

// What decides an image's digest.
struct ImageInputs {
    std::string base; // digest of the platform's manifest
    std::string lock; // digest; empty: no packages
    std::string tree; // of the code
    std::string layer_format;
};

// Empty strings for an image that is not ours.
Result<ImageInputs> image_inputs(const std::string& manifest);

// The layers that stand on the base, bottom to top. An image that is not ours has none.
Result<std::vector<AddedLayer>> layers_of_ours(const ImageText& image);

enum class LayerNews {
    OfBase, // known wherever the base is
    Kept,   // the image that is there has it
    New,
};

struct LayerForecast {
    std::string made_by; // "the base", "wheels", "code"
    Digest digest;
    std::uint64_t bytes = 0;
    LayerNews news = LayerNews::New;
};

struct ImagePlan {
    Digest image;
    std::vector<LayerForecast> layers; // bottom to top
    std::vector<std::string> reasons;  // sentences; empty: the image is there as it would be built
    std::uint64_t new_bytes = 0;       // layers, configuration and manifest
};

// `before` is empty if no image is known.
Result<ImagePlan> plan_image(const ImageDocuments& now, const std::string& base_manifest,
                             const std::optional<ImageText>& before);

} // namespace pedigree::imagebuild
