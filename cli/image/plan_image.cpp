#include <fmt/format.h>

#include "cli/image/base_reading.h"
#include "cli/image/code_reading.h"
#include "cli/image/plan.h"
#include "cli/image/provenance_reading.h"
#include "cli/image/wheel_reading.h"
#include "imagebuild/assembly.h"
#include "imagebuild/code/commit_code.h"
#include "imagebuild/inventory/base_image.h"
#include "imagebuild/lock/lock.h"
#include "imagebuild/wheel/wheel_artifact.h"

namespace pedigree::cli {

namespace {

using imagebuild::ImageDocuments;
using imagebuild::ImageText;

class Planner {
  public:
    Planner(const spec::ExperimentSpec& spec, const PlanOptions& options, const PlanPlaces& places,
            Terminal& terminal)
        : spec_(spec), options_(options), places_(places), terminal_(terminal) {}

    Result<PlannedImage> run(const std::string& before) {
        planned_.project = spec_.project;
        planned_.before = before;
        TRY(read_before());
        TRY(const source::Snapshot snapshot, read_code());
        planned_.commit = snapshot.commit();
        TRY(fill_request(snapshot));
        TRY(imagebuild::RegistryClient registry, places_.registries.client(request_.base));
        TRY(base_, imagebuild::read_base(registry, request_.base.digest,
                                         imagebuild::BaseDepth::Documents, {}));
        TRY(const ImageDocuments now, assemble(registry));
        TRY(planned_.plan, imagebuild::plan_image(now, base_.manifest, before_));
        return std::move(planned_);
    }

  private:
    void say(const std::string& what) { terminal_.err << printable(what) << '\n' << std::flush; }

    Status read_before() {
        if (planned_.before.empty()) {
            return {};
        }
        TRY(const auto image, spec::parse_image_reference(planned_.before));
        TRY(imagebuild::RegistryClient registry, places_.registries.client(image));
        TRY(const imagebuild::Manifest manifest, registry.manifest(image.digest));
        TRY(const Digest config, imagebuild::config_digest(manifest.bytes));
        TRY(std::string text, registry.small_blob(config, imagebuild::config_bytes_max));
        before_ = ImageText{manifest.bytes, std::move(text)};
        before_digest_ = image.digest;
        repository_.emplace(std::move(registry));
        return {};
    }

    Result<source::Snapshot> read_code() {
        const spec::GitSpec& git = spec_.source.git;
        if (options_.source.empty()) {
            say("Fetching " + git.url);
        }
        return open_code({options_.source, git.url, git.ref, git.commit, spec_.source.subdirectory,
                          git.submodules == spec::Submodules::Pinned},
                         {places_.scratch, places_.ca_pem, places_.registries.stop});
    }

    Status fill_request(const source::Snapshot& snapshot) {
        const spec::ImageSpec& image = spec_.image;
        TRY(request_.base,
            spec::parse_image_reference(image.prebuilt ? image.prebuilt->image : image.base));
        request_.source =
            imagebuild::code_source(snapshot, spec_.source.git.url, spec_.source.subdirectory);
        request_.index_url = options_.index;
        request_.layer_form = image.layers;
        request_.look_for_program = spec_.resources.gpu_count > 0;
        request_.program = spec_.command.empty() ? "" : spec_.command.front();
        TRY(request_.code, imagebuild::commit_code(snapshot, planned_.warnings));
        if (!image.lock_file.empty()) {
            TRY(std::string bytes, snapshot.read(image.lock_file, imagebuild::lock_bytes_max));
            request_.lock = imagebuild::LockText{image.lock_file, std::move(bytes)};
        }
        return {};
    }

    // The image that is there has the layers of these packages on this base: no wheel is needed.
    Result<bool> has_the_packages() const {
        if (!before_) {
            return false;
        }
        TRY(const auto there, imagebuild::image_inputs(before_->manifest));
        const std::string lock = request_.lock ? sha256(request_.lock->bytes).text() : "";
        return there.base == sha256(base_.manifest).text() && there.lock == lock &&
               there.layer_format == imagebuild::layer_format(request_.layer_form);
    }

    // Wheels that were built on this base for the image before: a build would take the same.
    Status take_recorded_wheels() {
        if (!before_ || !request_.lock) {
            return {};
        }
        TRY(const auto there, imagebuild::image_inputs(before_->manifest));
        if (there.base != sha256(base_.manifest).text()) {
            return {};
        }
        TRY(const auto listed, imagebuild::list_referrers(*repository_, before_digest_));
        const auto found = first_provenance(*repository_, before_digest_, listed);
        if (!found) {
            return found.error().code == ErrorCode::NotFound
                       ? Status()
                       : Status(tl::unexpected<Error>(found.error()));
        }
        TRY(request_.derived_wheels, recorded_wheels(*repository_, found->claim, *request_.lock));
        return {};
    }

    // Their layer follows from bytes that nobody has yet.
    Error to_be_built_first(const imagebuild::UnbuiltWheels& unbuilt) const {
        std::vector<std::string> names;
        for (const imagebuild::SourceDistribution& source : unbuilt) {
            names.push_back(source.name + "==" + source.version);
        }
        return {ErrorCode::NotFound,
                fmt::format("no wheel of {} fits the base, only a source distribution is there; "
                            "the operator builds its wheel first, and what the image will be "
                            "follows from that wheel",
                            fmt::join(names, ", "))};
    }

    Result<ImageDocuments> assemble(imagebuild::RegistryClient& registry) {
        TRY(const bool kept, has_the_packages());
        if (kept) {
            return replace_code();
        }
        if (request_.lock) {
            TRY(const auto inventory,
                read_base_inventory(places_.registries, request_.base, places_.cache, terminal_));
            request_.known_inventory = imagebuild::inventory_text(inventory);
        }
        TRY(take_recorded_wheels());
        std::string stage;
        const auto progress = [&](const std::string& now, const std::string& message, std::uint64_t,
                                  std::uint64_t) {
            if (now != stage || terminal_.err_interactive) {
                say(message);
            }
            stage = now;
        };
        const std::filesystem::path cache =
            places_.cache.empty() ? places_.scratch / "cache" : places_.cache;
        const auto bring = [&](const imagebuild::DerivedWheel& wheel) {
            return imagebuild::cached_wheel(*repository_, wheel, cache);
        };
        const imagebuild::BuildPlaces places{
            places_.registries.http, registry, places_.scratch, cache, progress,
            places_.registries.stop, bring};
        imagebuild::Assembly assembly(request_, places);
        TRY(auto assembled, assembly.run());
        if (const auto* unbuilt = std::get_if<imagebuild::UnbuiltWheels>(&assembled)) {
            return tl::unexpected<Error>(to_be_built_first(*unbuilt));
        }
        planned_.warnings.insert(planned_.warnings.end(), assembly.warnings().begin(),
                                 assembly.warnings().end());
        return std::get<ImageDocuments>(std::move(assembled));
    }

    // As the image that is there, with the layer of this code on top.
    Result<ImageDocuments> replace_code() {
        TRY(auto added, imagebuild::layers_of_ours(*before_));
        const auto make = [&](imagebuild::CodeBelow below) {
            return imagebuild::plan_code_layer(request_.source.tree, request_.code,
                                               request_.layer_form, below);
        };
        auto plan = make(imagebuild::CodeBelow::None);
        const auto alone = make(imagebuild::CodeBelow::Hidden);
        const auto made_as = [&](const imagebuild::PlannedLayer& one) {
            return std::erase_if(
                       added, [&](const auto& layer) { return layer.made_by == one.made_by; }) > 0;
        };
        made_as(plan);
        if (made_as(alone) || !request_.lock) {
            plan = alone;
        }
        TRY(auto writer,
            imagebuild::LayerWriter::create(places_.scratch / "code", request_.layer_form));
        TRY(plan.write(writer));
        TRY(const auto code, writer.finish());
        added.push_back({code, plan.made_by});
        return imagebuild::compose_image(
            {base_.manifest, "", sha256(base_.manifest)}, base_.config, added,
            imagebuild::image_labels(request_.source.tree,
                                     request_.lock ? sha256(request_.lock->bytes).text() : "",
                                     request_.layer_form));
    }

    const spec::ExperimentSpec& spec_;
    const PlanOptions& options_;
    const PlanPlaces& places_;
    Terminal& terminal_;
    PlannedImage planned_;
    std::optional<ImageText> before_;
    Digest before_digest_;
    std::optional<imagebuild::RegistryClient> repository_; // of the image before
    imagebuild::BuildRequest request_;
    imagebuild::BaseInventory base_;
};

} // namespace

Result<PlannedImage> plan_experiment_image(const spec::ExperimentSpec& spec,
                                           const PlanOptions& options, const std::string& before,
                                           const PlanPlaces& places, Terminal& terminal) {
    return Planner(spec, options, places, terminal).run(before);
}

} // namespace pedigree::cli
