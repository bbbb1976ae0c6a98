#include "imagebuild/build.h"

#include <fmt/format.h>

#include "base/failpoint.h"
#include "imagebuild/attestations.h"

namespace pedigree::imagebuild {
namespace {

std::string pushing(const std::string& what, std::uint64_t bytes) {
    return fmt::format("Pushing {}, {:.1f} MiB", what, static_cast<double>(bytes) / (1 << 20));
}

class Build {
  public:
    Build(const BuildRequest& request, const BuildPlaces& places, RegistryClient& target)
        : request_(request), places_(places), target_(target), assembly_(request, places) {}

    Result<BuildResult> run() {
        const auto assembled = assembly_.run();
        if (!assembled && assembled.error().reason == "WheelsMissing") {
            describe();
            result_.unbuilt = assembly_.unbuilt();
            return std::move(result_);
        }
        TRY(const ImageDocuments documents, assembled);
        result_.image = documents.manifest.digest;
        TRY(result_.already_there, target_.has_manifest(documents.manifest.digest.text()));
        if (!result_.already_there) {
            TRY(push(documents));
        }
        TRY(attest(documents.manifest));
        describe();
        return std::move(result_);
    }

  private:
    void describe() {
        const BaseInventory& base = assembly_.inventory();
        result_.base = sha256(base.manifest);
        result_.base_index_digest = base.index_digest;
        result_.inventory = assembly_.inventory_kept();
        result_.wheels = assembly_.wheels();
        result_.warnings.insert(result_.warnings.begin(), assembly_.warnings().begin(),
                                assembly_.warnings().end());
        for (const ReadyLayer& layer : assembly_.layers()) {
            result_.layers.emplace(layer.plan.key, layer.descriptor);
        }
    }

    Status push(const ImageDocuments& documents) {
        TRY(push_base_layers());
        std::vector<ReadyLayer>& layers = assembly_.layers();
        for (std::size_t i = 0; i < layers.size(); ++i) {
            places_.progress(
                "Push",
                pushing("the layer of " + layers[i].plan.made_by, layers[i].descriptor.bytes), i,
                layers.size());
            TRY(push_layer(layers[i]));
            failpoint("worker.blob");
        }
        TRY(const std::uint64_t sent, target_.push_blob(documents.config_digest, documents.config));
        result_.uploaded_bytes += sent;
        // By tag, so that a registry's garbage collection keeps it; it is used by digest.
        TRY(target_.push_manifest(tag(), documents.manifest));
        failpoint("worker.manifest");
        return {};
    }

    Status push_layer(ReadyLayer& layer) {
        if (layer.file.empty()) {
            TRY(const bool there, target_.has_blob(layer.descriptor.digest));
            if (there) {
                return {};
            }
            const LayerDescriptor known = layer.descriptor;
            TRY(assembly_.make(layer));
            if (!(layer.descriptor == known)) {
                return failure(
                    ErrorCode::Internal, "LayerNotReproducible",
                    fmt::format("the layer of {} came out other than before", layer.plan.made_by));
            }
        }
        TRY(const std::uint64_t sent, target_.push_blob_file(layer.descriptor.digest, layer.file));
        result_.uploaded_bytes += sent;
        std::error_code ignored;
        std::filesystem::remove(layer.file, ignored);
        return {};
    }

    Status push_base_layers() {
        TRY(const auto below, base_layers(assembly_.inventory().manifest));
        const RepositoryAddress& from = places_.base.address();
        const bool same_registry = from.host == target_.address().host;
        for (std::size_t i = 0; i < below.size(); ++i) {
            places_.progress("Push", pushing("a layer of the base image", below[i].bytes), i,
                             below.size());
            if (same_registry) {
                const auto mounted = target_.mount(below[i].digest, from.repository);
                if (mounted && *mounted) {
                    continue;
                }
            }
            TRY(const std::uint64_t sent,
                target_.copy_blob(places_.base, below[i].digest, below[i].bytes));
            result_.uploaded_bytes += sent;
        }
        return {};
    }

    // An old registry may take no artifacts; the image is good without them, and it is said.
    Status attest(const Manifest& image) {
        places_.progress("Push", "Pushing SBOM and provenance", 0, 0);
        const RepositoryAddress& to = target_.address();
        const Attestations made =
            attestations_of(assembly_.facts(to.host + "/" + to.repository, image.digest));
        const auto sent = attach(target_, image, {made.sbom, made.provenance});
        if (!sent && sent.error().reason == "RegistryRefused") {
            result_.warnings.push_back("no SBOM and no provenance stand beside the image: " +
                                       sent.error().message);
            return {};
        }
        TRY(const std::uint64_t bytes, sent);
        result_.uploaded_bytes += bytes;
        result_.attestations = AttestedBy{artifact_manifest(image, made.sbom).digest,
                                          artifact_manifest(image, made.provenance).digest};
        return {};
    }

    std::string tag() const {
        const std::string lock = assembly_.lock() ? assembly_.lock()->digest.text() : "";
        return "inputs-" + sha256(fmt::format("{}\n{}\n{}\n{}\n", request_.base.digest.text(),
                                              request_.source.tree, lock, layer_format_version))
                               .hex()
                               .substr(0, 20);
    }

    const BuildRequest& request_;
    const BuildPlaces& places_;
    RegistryClient& target_;
    Assembly assembly_;
    BuildResult result_;
};

} // namespace

Result<BuildResult> build_image(const BuildRequest& request, const BuildPlaces& places,
                                RegistryClient& target) {
    return Build(request, places, target).run();
}

} // namespace pedigree::imagebuild
