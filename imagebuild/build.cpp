#include "imagebuild/build.h"

#include <atomic>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/together.h"
#include "imagebuild/attest/attestations.h"

namespace pedigree::imagebuild {
namespace {

// Each may hold a piece of a layer that comes from another registry.
constexpr std::size_t blobs_at_once_max = 4;

// A registry that answers so knows no artifacts, or not what their manifests are.
bool takes_no_artifacts(const Error& error) {
    return error.code == ErrorCode::InvalidInput || error.code == ErrorCode::Corrupt;
}

class Build {
  public:
    Build(const BuildRequest& request, const BuildPlaces& places, RegistryClient& target)
        : request_(request), places_(places), target_(target), assembly_(request, places) {}

    Result<BuildResult> run() {
        TRY(auto assembled, assembly_.run());
        if (auto* unbuilt = std::get_if<UnbuiltWheels>(&assembled)) {
            describe();
            result_.unbuilt = std::move(*unbuilt);
            return std::move(result_);
        }
        const auto& documents = std::get<ImageDocuments>(assembled);
        const Manifest& image = documents.manifest;
        result_.image = image.digest;
        result_.config = documents.config_digest;
        TRY(result_.already_there, target_.has_manifest(image.digest.text()));
        // Now, for to push may open the wheels again.
        const RepositoryAddress& to = target_.address();
        const Attestations made =
            attestations_of(assembly_.facts(to.host + "/" + to.repository, image.digest));
        TRY(do_together({[&] { return result_.already_there ? Status() : push(documents); },
                         [&] { return attest(image, made); }},
                        2));
        result_.uploaded_bytes = sent_;
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
        if (assembly_.lock()) {
            result_.lock = assembly_.lock()->digest;
            result_.wheel_plan = assembly_.wheel_plan();
        }
        result_.warnings.insert(result_.warnings.begin(), assembly_.warnings().begin(),
                                assembly_.warnings().end());
        if (!base_not_kept_.empty()) {
            result_.warnings.push_back(base_not_kept_);
        }
        for (const ReadyLayer& layer : assembly_.layers()) {
            result_.layers.emplace(layer.plan.key, layer.descriptor);
        }
    }

    // A registry's garbage collection may take a blob between our look and the manifest.
    Status push(const ImageDocuments& documents) {
        const Status pushed = push_once(documents);
        const bool taken = !pushed && pushed.error().code == ErrorCode::Gone;
        return taken ? push_once(documents) : pushed;
    }

    Status push_once(const ImageDocuments& documents) {
        TRY(const auto below, base_layers(assembly_.inventory().manifest));
        std::vector<Task> tasks;
        for (const BaseLayer& layer : below) {
            tasks.emplace_back([&] { return bring_base_layer(layer); });
        }
        std::vector<ReadyLayer>& layers = assembly_.layers();
        std::vector<char> missing(layers.size(), 0);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            tasks.emplace_back([&, i] { return bring_layer(layers[i], missing[i]); });
        }
        tasks.emplace_back(
            [&] { return count(target_.push_blob(documents.config_digest, documents.config)); });
        TRY(do_together(tasks, blobs_at_once_max));
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (missing[i] != 0) {
                TRY(bring_missing(layers[i]));
            }
        }
        if (base_layer_was_new_ || assembly_.base_was_read()) {
            TRY(keep());
        }
        // By tag, so that a registry's garbage collection keeps it; it is used by digest.
        TRY(target_.push_manifest(tag(), documents.manifest));
        places_.progress("Push", "Pushing SBOM and provenance", 0, 0); // the image is there
        failpoint("worker.manifest");
        return {};
    }

    // The image is good without it; only that the base outlives its registry is lost.
    Status keep() {
        const auto sent =
            keep_base(places_.base, target_, request_.base.digest, assembly_.inventory());
        if (!sent && !sent.error().retryable()) {
            base_not_kept_ =
                "the base image is not kept beside its images: " + sent.error().message;
            return {};
        }
        return count(sent);
    }

    // A layer that was not made, since it was known, is only looked for.
    Status bring_layer(ReadyLayer& layer, char& missing) {
        if (layer.file.empty()) {
            TRY(const bool there, target_.has_blob(layer.descriptor.digest));
            missing = there ? 0 : 1;
            return {};
        }
        tell_pushing("the layer of " + layer.plan.made_by, layer.descriptor.bytes);
        TRY(count(target_.push_blob_file(layer.descriptor.digest, layer.file)));
        failpoint("worker.blob");
        std::error_code ignored;
        std::filesystem::remove(layer.file, ignored);
        layer.file.clear();
        return {};
    }

    Status bring_missing(ReadyLayer& layer) {
        const LayerDescriptor known = layer.descriptor;
        TRY(assembly_.make_again(layer));
        if (!(layer.descriptor == known)) {
            return failure(
                ErrorCode::Internal, "LayerNotReproducible",
                fmt::format("the layer of {} came out other than before", layer.plan.made_by));
        }
        char ignored = 0;
        return bring_layer(layer, ignored);
    }

    Status bring_base_layer(const BaseLayer& layer) {
        TRY(const bool there, target_.has_blob(layer.digest));
        if (there) {
            return {};
        }
        base_layer_was_new_ = true;
        const RepositoryAddress& from = places_.base.address();
        if (from.host == target_.address().host) {
            const auto mounted = target_.mount(layer.digest, from.repository);
            if (mounted && *mounted) {
                return {};
            }
        }
        tell_pushing("a layer of the base image", layer.bytes);
        return count(target_.copy_blob(places_.base, layer.digest, layer.bytes));
    }

    Status count(const Result<std::uint64_t>& sent) {
        TRY(const std::uint64_t bytes, sent);
        sent_ += bytes;
        return {};
    }

    void tell_pushing(const std::string& what, std::uint64_t bytes) const {
        places_.progress(
            "Push",
            fmt::format("Pushing {}, {:.1f} MiB", what, static_cast<double>(bytes) / (1 << 20)), 0,
            0);
    }

    // An old registry may take no artifacts; the image is good without them, and it is said.
    Status attest(const Manifest& image, const Attestations& made) {
        std::vector<Artifact> artifacts{made.sbom, made.provenance};
        if (result_.already_there) {
            TRY(artifacts, not_attached(target_, image, artifacts));
        }
        const Status sent = count(attach(target_, image, artifacts));
        if (!sent && takes_no_artifacts(sent.error())) {
            result_.warnings.push_back("no SBOM and no provenance stand beside the image: " +
                                       sent.error().message);
            return {};
        }
        TRY(sent);
        result_.attestations = AttestedBy{artifact_manifest(image, made.sbom).digest,
                                          artifact_manifest(image, made.provenance).digest};
        return {};
    }

    std::string tag() const {
        const std::string lock = assembly_.lock() ? assembly_.lock()->digest.text() : "";
        return "inputs-" +
               sha256(fmt::format("{}\n{}\n{}\n{}\n", request_.base.digest.text(),
                                  request_.source.tree, lock, layer_format(request_.layer_form)))
                   .hex()
                   .substr(0, 20);
    }

    const BuildRequest& request_;
    const BuildPlaces& places_;
    RegistryClient& target_;
    Assembly assembly_;
    std::atomic<std::uint64_t> sent_ = 0; // bytes
    std::atomic<bool> base_layer_was_new_ = false;
    std::string base_not_kept_; // why; result_ belongs to another thread meanwhile
    BuildResult result_;
};

} // namespace

Result<BuildResult> build_image(const BuildRequest& request, const BuildPlaces& places,
                                RegistryClient& target) {
    return Build(request, places, target).run();
}

} // namespace pedigree::imagebuild
