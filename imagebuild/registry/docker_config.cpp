#include "imagebuild/registry/docker_config.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {
namespace {

// "https://registry.example.com/v1/" -> "registry.example.com"
std::string plain_key(std::string key) {
    if (const std::size_t scheme = key.find("://"); scheme != key.npos) {
        key.erase(0, scheme + 3);
    }
    for (const std::string_view version : {"/v1", "/v2"}) {
        while (key.ends_with('/')) {
            key.pop_back();
        }
        if (key.ends_with(version)) {
            key.resize(key.size() - version.size());
        }
    }
    return key;
}

// One name for the hosts of Docker Hub, and its repositories in full.
std::string canonical(const std::string& key) {
    const std::size_t slash = std::min(key.find('/'), key.size());
    const std::string host = key.substr(0, slash);
    return is_docker_hub(host) ? "docker.io" + key.substr(slash) : key;
}

bool fits(const std::string& key, const std::string& image) {
    return image == key || (image.starts_with(key) && image[key.size()] == '/');
}

Result<RegistryCredential> credential_of(const Json& entry) {
    RegistryCredential credential{string_or(entry, "username"),
                                  Secret(string_or(entry, "password"))};
    if (const std::string encoded = string_or(entry, "auth"); !encoded.empty()) {
        const auto text = from_base64(encoded);
        const std::size_t colon = text ? text->find(':') : std::string::npos;
        if (colon == std::string::npos) {
            return failure(ErrorCode::InvalidInput, "PullSecretInvalid",
                           "the pull Secret's auth is not the base64 of USER:PASSWORD");
        }
        credential.username = text->substr(0, colon);
        credential.password = Secret(text->substr(colon + 1));
    }
    if (const std::string token = string_or(entry, "identitytoken"); !token.empty()) {
        credential = {identity_token_username, Secret(token)};
    }
    return credential;
}

} // namespace

Result<std::optional<RegistryCredential>> docker_config_credential(std::string_view document,
                                                                   std::string_view host,
                                                                   std::string_view repository) {
    const auto config = parse_json(document, {.bytes_max = 1024 * 1024});
    if (!config || !at_path(*config, {"auths"}).is_object()) {
        return failure(ErrorCode::InvalidInput, "PullSecretInvalid",
                       "the pull Secret is no dockerconfigjson document with \"auths\"");
    }
    const std::string image =
        canonical(fmt::format("{}/{}", host, full_repository(host, std::string(repository))));
    std::string best;
    const Json* entry = nullptr;
    for (const auto& [key, value] : at_path(*config, {"auths"}).items()) {
        const std::string plain = canonical(plain_key(key));
        if (fits(plain, image) && plain.size() > best.size()) {
            best = plain;
            entry = &value;
        }
    }
    if (entry == nullptr) {
        return std::optional<RegistryCredential>();
    }
    TRY(RegistryCredential credential, credential_of(*entry));
    return std::optional(std::move(credential));
}

} // namespace pedigree::imagebuild
