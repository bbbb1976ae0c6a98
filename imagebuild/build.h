#pragma once
// The whole way from a base, a lock and code to an image in a registry. The image's digest is
// computed from layer descriptors; if the manifest stands in the registry already, no part of it is
// sent again. Beside it stand its SBOM and its provenance (registry/referrers.h). What does not
// wait for each other is sent beside each other, so the Http and `progress` must be for any thread.

#include "imagebuild/assembly.h"

namespace pedigree::imagebuild {

// The artifact manifests beside the image.
struct AttestedBy {
    Digest sbom, provenance;
};

struct BuildResult {
    UnbuiltWheels unbuilt; // not empty: no image yet
    Digest image, base;    // manifests; base is the platform's
    Digest config;         // of the image
    std::string base_index_digest;
    std::vector<UsedWheel> wheels;
    std::map<std::string, LayerDescriptor> layers; // all of ours by key
    std::string inventory;
    std::optional<Digest> lock;
    std::string wheel_plan; // for the next build with this lock and base; empty without one
    std::optional<AttestedBy> attestations; // none: the registry refused them, a warning says so
    bool already_there = false;             // the image
    std::uint64_t uploaded_bytes = 0;
    std::vector<std::string> warnings;
};

Result<BuildResult> build_image(const BuildRequest& request, const BuildPlaces& places,
                                RegistryClient& target);

} // namespace pedigree::imagebuild
