#pragma once
// The configuration and manifest of an image: the base's, with our layers on top. The base's
// configuration is changed as a document, so that fields we do not know stay; its layers and
// history are kept as they are; our entries carry the time 0. Canonical JSON: the same inputs give
// the same digest. Pure.

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "imagebuild/layer/layer_writer.h"
#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {

struct AddedLayer {
    LayerDescriptor layer;
    std::string made_by; // for the history: "wheels", "code" ...
};

struct ImageDocuments {
    std::string config;
    Digest config_digest;
    Manifest manifest;
};

enum class LayerPacking { None, Gzip, Zstd };

struct BaseLayer {
    Digest digest;
    std::uint64_t bytes = 0;
    std::string media_type; // of OCI: a Docker type has no meaning in our manifest
    LayerPacking packing = LayerPacking::Gzip;
    std::optional<Digest> toc_digest = {}; // as an eStargz's annotation says
};

// ImageRefused for schema 1, missing fields, too many layers, and layers of a type that nodes do
// not unpack (encrypted ones, or what is no layer).
Result<std::vector<BaseLayer>> base_layers(const std::string& manifest);
Result<Digest> config_digest(const std::string& manifest);

// The manifest for linux on the machine ("amd64") out of an index; empty: this is no index. Of
// several the one without a variant, which every such machine runs and every node takes; else the
// lowest ("v2" before "v3").
Result<std::optional<Digest>> choose_platform(const Manifest& manifest, const std::string& machine);

// What an image says of its inputs: the code's tree, the lock's digest (empty: none), and the form
// of its layers.
std::map<std::string, std::string> image_labels(const std::string& tree, const std::string& lock,
                                                LayerForm form);

Result<ImageDocuments> compose_image(const Manifest& base, const std::string& base_config,
                                     const std::vector<AddedLayer>& added,
                                     const std::map<std::string, std::string>& labels);

} // namespace pedigree::imagebuild
