#pragma once
// The provenance of an image for a command: the document beside it that says what went in. Somebody
// may have written it to be believed.

#include <vector>

#include "imagebuild/attest/provenance.h"
#include "imagebuild/registry/referrers.h"

namespace pedigree::cli {

struct FoundProvenance {
    Digest manifest; // of the artifact
    imagebuild::ProvenanceClaim claim;
};

// Corrupt: it is about another image.
Result<FoundProvenance> read_provenance(imagebuild::RegistryClient& registry, const Digest& image,
                                        const Digest& manifest);
// The first of ours among the documents beside the image. NotFound: there is none.
Result<FoundProvenance> first_provenance(imagebuild::RegistryClient& registry, const Digest& image,
                                         const std::vector<imagebuild::Referrer>& listed);

} // namespace pedigree::cli
