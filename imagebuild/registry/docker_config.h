#pragma once
// Credentials out of a kubernetes.io/dockerconfigjson document:
//
//     {"auths": {"registry.example.com/team": {"auth": base64 of "user:password"},
//                "https://index.docker.io/v1/": {"username": "x", "password": "y"}}}
//
// The entry whose key fits the image best is taken, the longer path before the host alone; all
// names of Docker Hub (registry.h) are one. An identity token becomes the credential that
// registry_authority.h exchanges. Helpers and stores are not run. Pure. Errors: PullSecretInvalid.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "imagebuild/registry/registry_authority.h"

namespace pedigree::imagebuild {

// Empty: the document has nothing for this repository, which is then read anonymously.
Result<std::optional<RegistryCredential>> docker_config_credential(std::string_view document,
                                                                   std::string_view host,
                                                                   std::string_view repository);

} // namespace pedigree::imagebuild
