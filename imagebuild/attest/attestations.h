#pragma once
// The two documents that stand beside an image as artifacts: what is in it (sbom.h) and how it came
// to be (provenance.h). Pure.

#include "imagebuild/attest/image_facts.h"
#include "imagebuild/registry/referrers.h"

namespace pedigree::imagebuild {

struct Attestations {
    Artifact sbom, provenance;
};

Attestations attestations_of(const ImageFacts& facts);

} // namespace pedigree::imagebuild
