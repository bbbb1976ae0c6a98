#pragma once
// From a base, a lock and code to an image's layers and documents, with nothing sent anywhere: what
// a build pushes (build.h) and what a verification compares (verify.h). Nothing of the user's runs.
// What is known from earlier builds is not made again. One thread.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>

#include "imagebuild/base_image.h"
#include "imagebuild/documents.h"
#include "imagebuild/image_facts.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {

struct LockText {
    std::string file; // for messages
    std::string bytes;
};

struct BuildRequest {
    spec::ImageReference base;
    std::optional<LockText> lock; // empty: a prebuilt image, only the code is laid on top
    CodeSource source;
    std::vector<CodeFile> code;
    std::string index_url;
    std::map<std::string, LayerDescriptor> known_layers; // by key
    std::string known_inventory;                         // as an earlier result gave it, or empty
};

struct BuildPlaces {
    net::Http& http;
    RegistryClient& base;
    std::filesystem::path scratch, cache;
    std::function<void(std::string stage, std::string message, std::uint64_t done,
                       std::uint64_t total)>
        progress;
    std::stop_token stop;
};

// A layer of ours: known from before, or made into a file of the scratch folder.
struct ReadyLayer {
    PlannedLayer plan;
    LayerDescriptor descriptor;
    std::filesystem::path file; // empty: not made
};

class Assembly {
  public:
    // Borrows both for its life.
    Assembly(const BuildRequest& request, const BuildPlaces& places)
        : request_(request), places_(places) {}

    // Once, before anything else is asked.
    Result<ImageDocuments> run();
    // Makes the file of a layer that was known, and now is missing.
    Status make(ReadyLayer& layer);

    std::vector<ReadyLayer>& layers() { return layers_; }
    // For the documents beside the image `digest` of the repository `name`.
    ImageFacts facts(const std::string& name, const Digest& digest) const;
    const BaseInventory& inventory() const { return inventory_; }
    const std::string& inventory_kept() const { return inventory_text_; }
    const std::optional<UsedLock>& lock() const { return lock_; }
    const std::vector<UsedWheel>& wheels() const { return used_wheels_; }
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    Status read_inventory();
    Status plan_wheels();
    Status describe_layers();
    Status verify_wheels();
    Result<ImageDocuments> compose() const;

    const BuildRequest& request_;
    const BuildPlaces& places_;
    BaseInventory inventory_;
    std::string inventory_text_;
    std::optional<UsedLock> lock_;
    std::vector<UsedWheel> used_wheels_;
    std::vector<std::string> warnings_;
    std::shared_ptr<const std::vector<Wheel>> wheels_;
    std::vector<std::filesystem::path> wheel_paths_;
    std::size_t wheels_verified_ = 0;
    std::vector<PlannedLayer> planned_;
    std::vector<ReadyLayer> layers_;
    std::size_t layers_made_ = 0;
};

} // namespace pedigree::imagebuild
