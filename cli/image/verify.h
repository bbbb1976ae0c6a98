#pragma once
// pedigree verify image: builds an image again from what its provenance says went in, here, and
// compares what comes out with what stands in the registry. Nothing is pushed, nothing of the
// user's is run. That two builders agree is the evidence; the provenance itself is only a claim.

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/app/exit_code.h"
#include "cli/app/format.h"
#include "cli/app/terminal.h"
#include "imagebuild/attest/provenance.h"
#include "imagebuild/comparison.h"
#include "net/http.h"

namespace pedigree::cli {

struct VerifyOptions {
    std::string subject;    // image:HOST/REPOSITORY@sha256:...
    std::string source;     // a checkout; empty: the URL that the provenance names
    std::string wheels;     // a folder of wheels; empty: from the index alone
    std::string index;      // a package index; empty: from the folder alone
    std::string provenance; // sha256:... of its artifact manifest; empty: as the registry lists it
    std::string ca_file;    // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table;
};

// What a verification needs of the world outside, so that a test hands in its own.
struct VerifyPlaces {
    net::Http& http;
    std::string registry_logins;   // a dockerconfigjson document, empty: anonymous
    std::string ca_pem;            // for git; empty: the system's
    std::filesystem::path scratch; // exists, is empty, and is removed by the caller
    std::stop_token stop;
};

struct Verification {
    spec::ImageReference image;
    Digest provenance; // the artifact manifest that was followed
    imagebuild::ProvenanceClaim claim;
    std::vector<imagebuild::ComparedPart> parts;
    // Built from source distributions, which cannot be repeated here: taken from the image's
    // repository. That they come from what the lock names is the record's word.
    std::vector<imagebuild::UsedWheel> on_record;
    std::vector<std::string> warnings;

    bool agrees() const; // what stands in the registry is what these inputs give
    ExitCode exit_code() const;
};

// NotFound: there is no such image, or no provenance of ours beside it.
Result<Verification> verify_image(const VerifyOptions& options, const VerifyPlaces& places,
                                  Terminal& terminal);

// For a person: a table and a sentence; for scripts: the document of docs/cli/verify.md.
std::string verification_table(const Verification& verification, bool in_colour);
Json verification_json(const Verification& verification);

} // namespace pedigree::cli
