#include "cli/image/provenance_reading.h"

#include <fmt/format.h>

namespace pedigree::cli {
namespace {

constexpr std::size_t provenances_read_max = 50;

} // namespace

Result<FoundProvenance> read_provenance(imagebuild::RegistryClient& registry, const Digest& image,
                                        const Digest& manifest) {
    TRY(const std::string text, imagebuild::read_artifact(registry, image, manifest));
    TRY(imagebuild::ProvenanceClaim claim, imagebuild::parse_provenance(text));
    if (claim.image != image) {
        return failure(ErrorCode::Corrupt,
                       fmt::format("the provenance {} is about another image", manifest.text()));
    }
    return FoundProvenance{manifest, std::move(claim)};
}

Result<FoundProvenance> first_provenance(imagebuild::RegistryClient& registry, const Digest& image,
                                         const std::vector<imagebuild::Referrer>& listed) {
    std::size_t read = 0;
    for (const imagebuild::Referrer& one : listed) {
        if (one.artifact_type != imagebuild::statement_type || read++ == provenances_read_max) {
            continue;
        }
        auto found = read_provenance(registry, image, one.digest);
        if (found || found.error().retryable()) {
            return found;
        }
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("no provenance of pedigree stands beside {}/{}@{}; if it was built "
                               "by pedigree, its trace names the provenance",
                               registry.address().host, registry.address().repository,
                               image.text()));
}

} // namespace pedigree::cli
