#pragma once
// Credentials out of a kubernetes.io/dockerconfigjson document: the entry whose key fits the image
// best, repository path first, then host. Helpers and stores are not run. Pure.

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
