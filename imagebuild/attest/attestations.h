#pragma once
// The two documents that stand beside an image as artifacts: what is in it (sbom.h) and how it came
// to be (provenance.h). They refer to the image by its manifest's digest ("subject"; OCI image-spec
// 1.1, manifest.md) and are found by it (registry/referrers.h), so the image's own digest does not
// depend on them. Equal facts give equal bytes. Pure.

#include "imagebuild/attest/image_facts.h"
#include "imagebuild/registry/referrers.h"

namespace pedigree::imagebuild {

struct Attestations {
    Artifact sbom, provenance;
};

Attestations attestations_of(const ImageFacts& facts);

} // namespace pedigree::imagebuild
