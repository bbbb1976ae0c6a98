#pragma once
// Documents about an image beside it in its repository: artifact manifests that name the image as
// their subject (OCI image-spec and distribution-spec 1.1, "referrers"). A registry that knows the
// Referrers API says so when one is pushed (OCI-Subject) and lists them itself; for one that does
// not, they stand in an index under the tag sha256-<hex of the subject>. Requests that do not wait
// for each other are sent beside each other: the client must be one for any thread.

#include <string>
#include <vector>

#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {

constexpr std::size_t referrers_max = 1000;
constexpr std::size_t document_bytes_max = 16 * 1024 * 1024;

struct Referrer {
    Digest digest; // of its manifest
    std::uint64_t bytes = 0;
    std::string artifact_type;
};

struct Artifact {
    std::string type; // of the artifact and of its one document
    std::string document;
    std::map<std::string, std::string> annotations;
};

// The artifact's manifest. The same subject, type and document give the same bytes.
Manifest artifact_manifest(const Manifest& subject, const Artifact& artifact);

// By the API, or by the tag. None is an answer.
Result<std::vector<Referrer>> list_referrers(RegistryClient& registry, const Digest& subject);
// Of the artifacts those that are not listed.
Result<std::vector<Artifact>> not_attached(RegistryClient& registry, const Manifest& subject,
                                           const std::vector<Artifact>& artifacts);
// Pushes them and sees to it that they are listed; gives the bytes that were sent. The subject may
// come later: no registry may insist on it.
Result<std::uint64_t> attach(RegistryClient& registry, const Manifest& subject,
                             const std::vector<Artifact>& artifacts);
// The document of an artifact manifest. Corrupt if it is no artifact of this subject.
Result<std::string> read_artifact(RegistryClient& registry, const Digest& subject,
                                  const Digest& manifest);

} // namespace pedigree::imagebuild
