#include "cli/image/registry_access.h"

#include <algorithm>

#include "base/environment.h"
#include "base/file.h"
#include "imagebuild/registry/docker_config.h"

namespace pedigree::cli {

Result<imagebuild::RegistryClient> RegistryAccess::client(const spec::ImageReference& image) const {
    std::optional<imagebuild::RegistryCredential> login;
    if (!logins.empty()) {
        TRY(login, imagebuild::docker_config_credential(logins, image.host, image.repository));
    }
    const bool plain_http = std::find(plain_http_hosts.begin(), plain_http_hosts.end(),
                                      image.host) != plain_http_hosts.end();
    return imagebuild::RegistryClient(http, {image.host, image.repository, plain_http},
                                      std::move(login), imagebuild::Access::Pull, stop);
}

Result<std::string> registry_logins() {
    std::filesystem::path file = environment_variable("REGISTRY_AUTH_FILE");
    if (file.empty()) {
        const std::string folder = environment_variable("DOCKER_CONFIG");
        file = folder.empty() ? environment_variable("HOME") + "/.docker/config.json"
                              : folder + "/config.json";
    }
    auto text = read_file(file);
    return !text && text.error().code == ErrorCode::NotFound ? Result<std::string>("") : text;
}

} // namespace pedigree::cli
