#pragma once
// What the attempts of an Experiment left behind, as the read API lists it and gives it out:
// models, checkpoints and artifacts with the manifests of their files, from the account of an
// attempt as it was recorded. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "records/pod/bundle.h"

namespace pedigree::control {

// Whose account it is, and where its bytes may lie.
struct ObjectOrigin {
    std::string experiment, project;
    std::int64_t trial = 0, attempt = 0;
    std::string pod_uid;
    std::string asserted; // the word for whose word the account is
    std::string bucket;   // the platform's
    std::string prefix;   // that the attempt's keys begin with
    bool shared = false;  // it is not the namespace's own: an attempt of before there were such
};

// The key that those of an artifact's files begin with; nothing: they lie elsewhere. The account's
// word for the place comes from the user's pod, so it counts below what this attempt was given to
// write to alone: its outputs, its uploads, and its folder of the logs.
std::optional<std::string> stored_prefix(const records::pod::ObservedArtifact& artifact,
                                         const ObjectOrigin& origin);

// A path below a key: without empty segments, "." and "..", which a store may take for a way out.
bool leads_nowhere_else(std::string_view path);

// {"digest", "name", "kind", "source", "experiment", "trial", "attempt", "podUid", "asserted",
// "bytes", "fileCount", "location", "stored"}: `kind` is Model, Checkpoint or Artifact, `stored`
// says whether the read API can give its bytes out.
Json object_item(const records::pod::ObservedArtifact& artifact, const ObjectOrigin& origin);

// {"path", "digest", "bytes"} and, of one that stands in a page of the account, "page": its number.
Json object_file(const records::pod::ObservedFile& file, std::size_t page);

} // namespace pedigree::control
