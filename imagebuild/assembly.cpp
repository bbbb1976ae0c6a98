#include "imagebuild/assembly.h"

#include <fmt/format.h>

#include "base/file.h"
#include "imagebuild/index.h"
#include "imagebuild/selection.h"

namespace pedigree::imagebuild {

Result<ImageDocuments> Assembly::run() {
    TRY(read_inventory());
    if (request_.lock) {
        TRY(plan_wheels());
    }
    planned_.push_back(plan_code_layer(request_.source.tree, request_.code));
    TRY(describe_layers());
    return compose();
}

Status Assembly::read_inventory() {
    const BaseDepth depth = request_.lock ? BaseDepth::Layers : BaseDepth::Documents;
    if (!request_.known_inventory.empty()) {
        auto known = parse_inventory(request_.known_inventory);
        if (known && (known->scanned || depth == BaseDepth::Documents)) {
            inventory_ = std::move(*known);
            inventory_text_ = request_.known_inventory;
        }
    }
    if (inventory_text_.empty()) {
        TRY(inventory_, read_base(places_.base, request_.base.digest, depth,
                                  [&](std::size_t done, std::size_t total) {
                                      places_.progress("Base", "Reading the base image's layers",
                                                       done, total);
                                  }));
        inventory_text_ = inventory_text(inventory_);
    }
    return {};
}

Status Assembly::plan_wheels() {
    TRY(const Lock lock, parse_lock(request_.lock->bytes, request_.lock->file));
    lock_ = UsedLock{request_.lock->file, lock.digest};
    if (!inventory_.has_python) {
        return failure(ErrorCode::InvalidInput, "BaseRefused",
                       fmt::format("the base image {} has no python3 on its PATH, so {} cannot "
                                   "be installed",
                                   request_.base.pull_text(), request_.lock->file));
    }
    TRY(const auto packages, select_packages(lock, inventory_, request_.lock->file));
    WheelIndex index(places_.http, request_.index_url, places_.cache / "wheels", places_.stop);
    auto wheels = std::make_shared<std::vector<Wheel>>();
    for (const LockedPackage& package : packages) {
        places_.progress("Wheels",
                         fmt::format("Fetching wheel {} {}", package.name, package.version),
                         wheels->size(), packages.size());
        TRY(const WheelFile file, index.fetch(package, inventory_.python, request_.lock->file));
        TRY(Wheel wheel, open_wheel(file.path, file.digest));
        used_wheels_.push_back({wheel.name.distribution, wheel.name.version, wheel.file_name,
                                wheel.digest, wheel.licenses});
        wheel_paths_.push_back(file.path);
        wheels->push_back(std::move(wheel));
    }
    wheels_ = wheels;
    TRY(planned_, plan_wheel_layers(wheels_, inventory_, warnings_));
    return {};
}

// Known descriptors are taken on trust until the manifest is looked for; the rest is made.
Status Assembly::describe_layers() {
    for (PlannedLayer& plan : planned_) {
        ReadyLayer layer{std::move(plan), {}, {}};
        const auto known = request_.known_layers.find(layer.plan.key);
        if (known != request_.known_layers.end()) {
            layer.descriptor = known->second;
        } else {
            TRY(make(layer));
        }
        layers_.push_back(std::move(layer));
    }
    return {};
}

Status Assembly::make(ReadyLayer& layer) {
    places_.progress("Layers", "Making the layer of " + layer.plan.made_by, layers_.size(),
                     planned_.size());
    if (layer.plan.of_wheels) {
        TRY(verify_wheels());
    }
    layer.file = places_.scratch / fmt::format("layer-{}", layers_made_++);
    TRY(LayerWriter writer, LayerWriter::create(layer.file));
    TRY(layer.plan.write(writer));
    TRY(layer.descriptor, writer.finish());
    return {};
}

// The cache may hold anything under a wheel's name: before wheels become layers, once, their bytes
// are hashed against the lock.
Status Assembly::verify_wheels() {
    for (std::size_t i = wheels_verified_; i < wheel_paths_.size(); ++i) {
        TRY(const Digest digest, digest_file(wheel_paths_[i]));
        if (digest != (*wheels_)[i].digest) {
            std::error_code ignored;
            std::filesystem::remove(wheel_paths_[i], ignored);
            return failure(ErrorCode::Unavailable, "WheelCacheCorrupt",
                           fmt::format("{} in the wheel cache had changed and was removed",
                                       wheel_paths_[i].filename().string()));
        }
    }
    wheels_verified_ = wheel_paths_.size();
    return {};
}

ImageFacts Assembly::facts(const std::string& name, const Digest& digest) const {
    return {.name = name,
            .image = digest,
            .base = request_.base,
            .base_manifest = sha256(inventory_.manifest),
            .base_distributions = inventory_.distributions,
            .lock = lock_,
            .wheels = used_wheels_,
            .source = request_.source,
            .builder_version = PEDIGREE_VERSION};
}

Result<ImageDocuments> Assembly::compose() const {
    std::vector<AddedLayer> added;
    for (const ReadyLayer& layer : layers_) {
        added.push_back({layer.descriptor, layer.plan.made_by});
    }
    std::map<std::string, std::string> labels{
        {"dev.pedigree.tree", request_.source.tree},
        {"dev.pedigree.layer-format", std::to_string(layer_format_version)}};
    if (lock_) {
        labels["dev.pedigree.lock"] = lock_->digest.text();
    }
    const Manifest base{inventory_.manifest, "", sha256(inventory_.manifest)};
    return compose_image(base, inventory_.config, added, labels);
}

} // namespace pedigree::imagebuild
