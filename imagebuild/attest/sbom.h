#pragma once
// The software bill of materials of an image: CycloneDX 1.5, JSON
// (https://cyclonedx.org/docs/1.5/json/). CycloneDX and not SPDX 2.3, because the latter wants a
// time of creation in every document, which a function of the inputs has not, and licences as SPDX
// identifiers, where METADATA mostly has words. Canonical JSON. Pure.
//
// What is known is said to be so: the overlay is complete, the base lists the Python distributions
// of its inventory and is called incomplete (its operating system's packages are not read).

#include <string>

#include "imagebuild/attest/image_facts.h"

namespace pedigree::imagebuild {

constexpr const char* sbom_type = "application/vnd.cyclonedx+json";

std::string sbom_text(const ImageFacts& facts);

} // namespace pedigree::imagebuild
