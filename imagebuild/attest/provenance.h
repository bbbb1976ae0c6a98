#pragma once
// How an image came to be, for whoever wants to do it again: an in-toto Statement v1 with a SLSA v1
// provenance predicate (https://slsa.dev/spec/v1.0/provenance). What the parameters of our
// build type mean, and how to repeat a build by hand, stands in
// docs/spec/image-build-v1.md. No time, no name of a build and no machine goes in: the statement is
// a function of the inputs and of pedigree's version. Canonical JSON. Pure.

#include <string>
#include <string_view>

#include "imagebuild/attest/image_facts.h"

namespace pedigree::imagebuild {

constexpr const char* statement_type = "application/vnd.in-toto+json";
constexpr const char* predicate_type = "https://slsa.dev/provenance/v1";
constexpr const char* build_type = "https://pedigree.dev/image-build/v1";
constexpr const char* builder_id = "https://pedigree.dev/builder/image";

std::string provenance_text(const ImageFacts& facts);

// What a statement says went in. Somebody may have written it to be believed: only building again
// shows whether it is true.
struct ProvenanceClaim {
    std::string name; // HOST/REPOSITORY to which it was pushed
    Digest image;
    spec::ImageReference base;
    std::optional<UsedLock> lock;
    CodeSource source;
    spec::LayerForm layer_form = spec::LayerForm::Gzip;
    std::vector<Digest> wheels;
    std::string builder, builder_version;
};

// InvalidInput: no statement of our build type, or without what a build needs.
Result<ProvenanceClaim> parse_provenance(std::string_view text);

} // namespace pedigree::imagebuild
