#include "imagebuild/attest/attestations.h"

#include "imagebuild/attest/provenance.h"
#include "imagebuild/attest/sbom.h"

namespace pedigree::imagebuild {

Attestations attestations_of(const ImageFacts& facts) {
    // The annotation is how others tell statements apart (in-toto: attestations in OCI registries).
    return {
        {sbom_type, sbom_text(facts), {}},
        {statement_type, provenance_text(facts), {{"in-toto.io/predicate-type", predicate_type}}}};
}

} // namespace pedigree::imagebuild
