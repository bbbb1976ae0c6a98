#pragma once
// ImageReference: HOST[:PORT]/REPOSITORY[:TAG]@sha256:<hex>, the one form in which an Experiment
// may name an image: with its registry and by digest. The tag is a remark for people; pulls use the
// digest.

#include <string>
#include <string_view>

#include "base/digest.h"

namespace pedigree::spec {

struct ImageReference {
    std::string host; // with the port
    std::string repository;
    std::string tag; // may be empty
    Digest digest;

    std::string text() const;
    std::string pull_text() const; // without the tag
};

// InvalidInput: no digest, tag latest, no registry, or another form; the message says which.
Result<ImageReference> parse_image_reference(std::string_view text);

bool has_digest(std::string_view text);     // ends in @sha256:<64 hex>
bool has_latest_tag(std::string_view text); // ":latest@"

} // namespace pedigree::spec
