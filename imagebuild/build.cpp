#include "imagebuild/build.h"

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "imagebuild/index.h"
#include "imagebuild/selection.h"

namespace pedigree::imagebuild {
namespace {

// A layer of ours: known from before, or made into a file of the scratch folder.
struct ReadyLayer {
    PlannedLayer plan;
    LayerDescriptor descriptor;
    std::filesystem::path file; // empty: not made
};

std::string pushing(const std::string& what, std::uint64_t bytes) {
    return fmt::format("Pushing {}, {:.1f} MiB", what, static_cast<double>(bytes) / (1 << 20));
}

class Build {
  public:
    Build(const BuildRequest& request, const BuildPlaces& places)
        : request_(request), places_(places) {}

    Result<BuildResult> run() {
        TRY(read_inventory());
        TRY(plan());
        TRY(describe_layers());
        TRY(ImageDocuments documents, compose());
        result_.image = documents.manifest.digest;
        TRY(result_.already_there, places_.target.has_manifest(documents.manifest.digest.text()));
        if (!result_.already_there) {
            TRY(push(documents));
        }
        for (const ReadyLayer& layer : layers_) {
            result_.layers.emplace(layer.plan.key, layer.descriptor);
        }
        return std::move(result_);
    }

  private:
    Status read_inventory() {
        const BaseDepth depth = request_.lock ? BaseDepth::Layers : BaseDepth::Documents;
        if (!request_.known_inventory.empty()) {
            auto known = parse_inventory(request_.known_inventory);
            if (known && (known->scanned || depth == BaseDepth::Documents)) {
                inventory_ = std::move(*known);
                result_.inventory = request_.known_inventory;
            }
        }
        if (result_.inventory.empty()) {
            TRY(inventory_, read_base(places_.base, request_.base.digest, depth,
                                      [&](std::size_t done, std::size_t total) {
                                          places_.progress("Base",
                                                           "Reading the base image's layers", done,
                                                           total);
                                      }));
            result_.inventory = inventory_text(inventory_);
        }
        result_.base = sha256(inventory_.manifest);
        result_.base_index_digest = inventory_.index_digest;
        return {};
    }

    Status plan() {
        if (request_.lock) {
            TRY(plan_wheels());
        }
        planned_.push_back(plan_code_layer(request_.tree, request_.code));
        return {};
    }

    Status plan_wheels() {
        TRY(const Lock lock, parse_lock(request_.lock->bytes, request_.lock->file));
        lock_digest_ = lock.digest.text();
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
            result_.wheels.push_back(
                {wheel.name.distribution, wheel.name.version, wheel.file_name, wheel.digest});
            wheel_paths_.push_back(file.path);
            wheels->push_back(std::move(wheel));
        }
        wheels_ = wheels;
        TRY(planned_, plan_wheel_layers(wheels_, inventory_, result_.warnings));
        return {};
    }

    // Known descriptors are taken on trust until the manifest is looked for; the rest is made.
    Status describe_layers() {
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

    Status make(ReadyLayer& layer) {
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

    // The cache may hold anything under a wheel's name: before wheels become layers, once, their
    // bytes are hashed against the lock.
    Status verify_wheels() {
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

    Result<ImageDocuments> compose() const {
        std::vector<AddedLayer> added;
        for (const ReadyLayer& layer : layers_) {
            added.push_back({layer.descriptor, layer.plan.made_by});
        }
        std::map<std::string, std::string> labels{
            {"dev.pedigree.tree", request_.tree},
            {"dev.pedigree.layer-format", std::to_string(layer_format_version)}};
        if (!lock_digest_.empty()) {
            labels["dev.pedigree.lock"] = lock_digest_;
        }
        const Manifest base{inventory_.manifest, "", result_.base};
        return compose_image(base, inventory_.config, added, labels);
    }

    Status push(const ImageDocuments& documents) {
        TRY(push_base_layers());
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            places_.progress(
                "Push",
                pushing("the layer of " + layers_[i].plan.made_by, layers_[i].descriptor.bytes), i,
                layers_.size());
            TRY(push_layer(layers_[i]));
            failpoint("worker.blob");
        }
        TRY(const std::uint64_t sent,
            places_.target.push_blob(documents.config_digest, documents.config));
        result_.uploaded_bytes += sent;
        // By tag, so that a registry's garbage collection keeps it; it is used by digest.
        TRY(places_.target.push_manifest(tag(), documents.manifest));
        failpoint("worker.manifest");
        return {};
    }

    Status push_layer(ReadyLayer& layer) {
        if (layer.file.empty()) {
            TRY(const bool there, places_.target.has_blob(layer.descriptor.digest));
            if (there) {
                return {};
            }
            const LayerDescriptor known = layer.descriptor;
            TRY(make(layer));
            if (!(layer.descriptor == known)) {
                return failure(
                    ErrorCode::Internal, "LayerNotReproducible",
                    fmt::format("the layer of {} came out other than before", layer.plan.made_by));
            }
        }
        TRY(const std::uint64_t sent,
            places_.target.push_blob_file(layer.descriptor.digest, layer.file));
        result_.uploaded_bytes += sent;
        std::error_code ignored;
        std::filesystem::remove(layer.file, ignored);
        return {};
    }

    Status push_base_layers() {
        TRY(const auto below, base_layers(inventory_.manifest));
        const RepositoryAddress& from = places_.base.address();
        const bool same_registry = from.host == places_.target.address().host;
        for (std::size_t i = 0; i < below.size(); ++i) {
            places_.progress("Push", pushing("a layer of the base image", below[i].bytes), i,
                             below.size());
            if (same_registry) {
                const auto mounted = places_.target.mount(below[i].digest, from.repository);
                if (mounted && *mounted) {
                    continue;
                }
            }
            TRY(const std::uint64_t sent,
                places_.target.copy_blob(places_.base, below[i].digest, below[i].bytes));
            result_.uploaded_bytes += sent;
        }
        return {};
    }

    std::string tag() const {
        return "inputs-" + sha256(fmt::format("{}\n{}\n{}\n{}\n", request_.base.digest.text(),
                                              request_.tree, lock_digest_, layer_format_version))
                               .hex()
                               .substr(0, 20);
    }

    const BuildRequest& request_;
    const BuildPlaces& places_;
    BuildResult result_;
    BaseInventory inventory_;
    std::string lock_digest_;
    std::shared_ptr<const std::vector<Wheel>> wheels_;
    std::vector<std::filesystem::path> wheel_paths_;
    std::size_t wheels_verified_ = 0;
    std::vector<PlannedLayer> planned_;
    std::vector<ReadyLayer> layers_;
    std::size_t layers_made_ = 0;
};

} // namespace

Result<BuildResult> build_image(const BuildRequest& request, const BuildPlaces& places) {
    return Build(request, places).run();
}

} // namespace pedigree::imagebuild
