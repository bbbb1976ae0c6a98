#pragma once
// The whole way from a base, a lock and code to an image in a registry. Nothing of the user's runs.
// The image's digest is computed from layer descriptors; what is known from earlier builds is not
// made again, and if the manifest stands in the registry already, nothing is sent at all. One
// thread.

#include <map>
#include <optional>

#include "imagebuild/base_image.h"
#include "imagebuild/documents.h"
#include "imagebuild/layers.h"
#include "pipeline/spec/image_reference.h"

namespace pedigree::imagebuild {

struct LockText {
    std::string file; // for messages
    std::string bytes;
};

struct BuildRequest {
    spec::ImageReference base;
    std::optional<LockText> lock; // empty: a prebuilt image, only the code is laid on top
    std::string tree;
    std::vector<CodeFile> code;
    std::string index_url;
    std::map<std::string, LayerDescriptor> known_layers; // by key
    std::string known_inventory;                         // as an earlier result gave it, or empty
};

struct BuildPlaces {
    net::Http& http;
    RegistryClient& base;
    RegistryClient& target;
    std::filesystem::path scratch, cache;
    std::function<void(std::string stage, std::string message, std::uint64_t done,
                       std::uint64_t total)>
        progress;
    std::stop_token stop;
};

struct UsedWheel {
    std::string name, version, file_name;
    Digest digest;
};

struct BuildResult {
    Digest image, base; // manifests; base is the platform's
    std::string base_index_digest;
    std::vector<UsedWheel> wheels;
    std::map<std::string, LayerDescriptor> layers; // all of ours by key
    std::string inventory;
    bool already_there = false;
    std::uint64_t uploaded_bytes = 0;
    std::vector<std::string> warnings;
};

Result<BuildResult> build_image(const BuildRequest& request, const BuildPlaces& places);

} // namespace pedigree::imagebuild
