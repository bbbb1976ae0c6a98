#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/image/code_reading.h"
#include "cli/image/provenance_reading.h"
#include "cli/image/registry_access.h"
#include "cli/image/verify.h"
#include "cli/image/wheel_reading.h"
#include "imagebuild/assembly.h"
#include "imagebuild/attest/attestations.h"
#include "imagebuild/code/commit_code.h"
#include "imagebuild/lock/lock.h"
#include "imagebuild/wheel/wheel_artifact.h"

namespace pedigree::cli {

namespace {

using imagebuild::ComparedPart;
using imagebuild::ProvenanceClaim;

constexpr const char* image_forms = "ask for image:HOST/REPOSITORY@sha256:...";

Result<spec::ImageReference> image_of(std::string_view subject) {
    constexpr std::string_view prefix = "image:";
    if (!subject.starts_with(prefix)) {
        return failure(ErrorCode::InvalidInput, fmt::format("{}: {}", subject, image_forms));
    }
    auto image = spec::parse_image_reference(subject.substr(prefix.size()));
    return image ? std::move(image)
                 : failure(ErrorCode::InvalidInput,
                           fmt::format("{}: {}; {}", subject, image.error().message, image_forms));
}

class Verifier {
  public:
    Verifier(const VerifyOptions& options, const VerifyPlaces& places, Terminal& terminal)
        : options_(options), places_(places), terminal_(terminal) {}

    Result<Verification> run() {
        TRY(found_.image, image_of(options_.subject));
        TRY(imagebuild::RegistryClient registry, client(found_.image));
        TRY(image_, registry.manifest(found_.image.digest));
        TRY(const Digest config, imagebuild::config_digest(image_.bytes));
        TRY(config_, registry.small_blob(config, imagebuild::config_bytes_max));
        TRY(listed_, imagebuild::list_referrers(registry, image_.digest));
        TRY(find_provenance(registry));
        say("Reading commit " + found_.claim.source.commit);
        TRY(const source::Snapshot snapshot, open_source());
        compare("tree", found_.claim.source.tree, snapshot.tree());
        TRY(build_again(snapshot, registry));
        return std::move(found_);
    }

  private:
    void say(const std::string& what) { terminal_.err << printable(what) << '\n'; }

    void compare(std::string name, std::string claimed, std::string here) {
        found_.parts.push_back({std::move(name), std::move(claimed), std::move(here)});
    }

    Result<imagebuild::RegistryClient> client(const spec::ImageReference& image) const {
        const RegistryAccess access{places_.http, places_.registry_logins,
                                    options_.plain_http_hosts, places_.stop};
        return access.client(image);
    }

    // The one that was named, or the first of ours about this very image.
    Status find_provenance(imagebuild::RegistryClient& registry) {
        std::optional<FoundProvenance> found;
        if (options_.provenance.empty()) {
            TRY(found, first_provenance(registry, image_.digest, listed_));
        } else {
            TRY(const Digest digest, Digest::parse(options_.provenance));
            TRY(found, read_provenance(registry, image_.digest, digest));
        }
        found_.provenance = found->manifest;
        found_.claim = std::move(found->claim);
        return {};
    }

    // A checkout's own repository, or the commit alone from where the provenance says it lies.
    Result<source::Snapshot> open_source() const {
        const imagebuild::CodeSource& from = found_.claim.source;
        if (options_.source.empty() && from.url.empty()) {
            return failure(ErrorCode::InvalidInput,
                           "the provenance names no URL of the code; give --source DIR");
        }
        return open_code({options_.source, from.url, "", from.commit, from.subdirectory,
                          !from.submodules.empty()},
                         {places_.scratch, places_.ca_pem, places_.stop});
    }

    Status build_again(const source::Snapshot& snapshot, imagebuild::RegistryClient& registry) {
        imagebuild::BuildRequest request;
        request.base = found_.claim.base;
        request.source = found_.claim.source;
        request.source.tree = snapshot.tree();
        request.index_url = options_.index;
        request.layer_form = found_.claim.layer_form;
        TRY(request.code, imagebuild::commit_code(snapshot, found_.warnings));
        if (const auto& lock = found_.claim.lock) {
            TRY(std::string bytes, snapshot.read(lock->file, imagebuild::lock_bytes_max));
            compare("lock", lock->digest.text(), sha256(bytes).text());
            request.lock = imagebuild::LockText{lock->file, std::move(bytes)};
            TRY(request.derived_wheels, recorded_wheels(registry, found_.claim, *request.lock));
        }
        TRY(offer_wheels());
        TRY(imagebuild::RegistryClient base, client(request.base));
        const auto progress = [&](const std::string& stage, const std::string& message,
                                  std::uint64_t, std::uint64_t) {
            if (stage != stage_ || terminal_.err_interactive) {
                say(message);
            }
            stage_ = stage;
        };
        imagebuild::BuildPlaces places{places_.http, base,     places_.scratch,
                                       cache(),      progress, places_.stop};
        places.kept = &registry;
        if (!request.derived_wheels.empty()) {
            places.derived = [&](const imagebuild::DerivedWheel& wheel) {
                return imagebuild::cached_wheel(registry, wheel, cache());
            };
        }
        imagebuild::Assembly assembly(request, places);
        TRY(const auto assembled, assembly.run());
        const auto* documents = std::get_if<imagebuild::ImageDocuments>(&assembled);
        if (documents == nullptr) {
            return failure(ErrorCode::NotFound,
                           "the repository no longer has the wheels that were built for the image");
        }
        found_.warnings.insert(found_.warnings.end(), assembly.warnings().begin(),
                               assembly.warnings().end());
        std::copy_if(assembly.wheels().begin(), assembly.wheels().end(),
                     std::back_inserter(found_.on_record),
                     [](const imagebuild::UsedWheel& wheel) { return wheel.built_from; });
        return compare_with(assembly, *documents);
    }

    std::filesystem::path cache() const { return places_.scratch / "cache"; }

    // The wheels of the folder as a cache of their digests: what the lock names is found there.
    Status offer_wheels() const {
        if (options_.wheels.empty()) {
            return {};
        }
        std::error_code problem;
        for (const auto& entry : std::filesystem::directory_iterator(options_.wheels, problem)) {
            if (entry.path().extension() != ".whl") {
                continue;
            }
            TRY(const Digest digest, digest_file(entry.path()));
            const std::filesystem::path place = cache() / "wheels" / digest.hex();
            std::filesystem::create_directories(place, problem);
            std::filesystem::create_symlink(std::filesystem::absolute(entry.path()),
                                            place / entry.path().filename(), problem);
        }
        if (problem) {
            return failure(ErrorCode::NotFound, fmt::format("the folder of wheels {}: {}",
                                                            options_.wheels, problem.message()));
        }
        return {};
    }

    Status compare_with(const imagebuild::Assembly& assembly,
                        const imagebuild::ImageDocuments& documents) {
        compare_wheels(assembly.wheels());
        TRY(auto parts, imagebuild::compare_images({image_.bytes, config_},
                                                   {documents.manifest.bytes, documents.config}));
        std::move(parts.begin(), parts.end(), std::back_inserter(found_.parts));
        // Written with what was found here: a statement that claims anything else is another one.
        imagebuild::ImageFacts facts = assembly.facts(found_.claim.name, image_.digest);
        facts.builder_version = found_.claim.builder_version;
        const imagebuild::Attestations made = imagebuild::attestations_of(facts);
        compare("provenance", found_.provenance.text(),
                imagebuild::artifact_manifest(image_, made.provenance).digest.text());
        const Digest sbom = imagebuild::artifact_manifest(image_, made.sbom).digest;
        const bool listed = std::any_of(listed_.begin(), listed_.end(),
                                        [&](const auto& one) { return one.digest == sbom; });
        compare("SBOM", listed ? sbom.text() : "", sbom.text());
        return {};
    }

    // All of them agree in one line; those that do not have one each.
    void compare_wheels(const std::vector<imagebuild::UsedWheel>& here) {
        std::set<Digest> claimed(found_.claim.wheels.begin(), found_.claim.wheels.end());
        for (const imagebuild::UsedWheel& wheel : here) {
            if (claimed.erase(wheel.digest) == 0) {
                compare("wheel " + wheel.file_name, "", wheel.digest.text());
            }
        }
        for (const Digest& missing : claimed) {
            compare("wheel", missing.text(), "");
        }
    }

    const VerifyOptions& options_;
    const VerifyPlaces& places_;
    Terminal& terminal_;
    Verification found_;
    imagebuild::Manifest image_;
    std::string config_;
    std::vector<imagebuild::Referrer> listed_;
    std::string stage_;
};

} // namespace

bool Verification::agrees() const {
    return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.same(); });
}

ExitCode Verification::exit_code() const {
    return !agrees()           ? ExitCode::NotVerified
           : on_record.empty() ? ExitCode::Ok
                               : ExitCode::PartlyVerified;
}

Result<Verification> verify_image(const VerifyOptions& options, const VerifyPlaces& places,
                                  Terminal& terminal) {
    return Verifier(options, places, terminal).run();
}

} // namespace pedigree::cli
