#pragma once
// How a command that needs no cluster reads registries: with the logins that `skopeo login` and
// `docker login` left, and with TLS unless the user named the host as one without. A value that
// borrows `http`.

#include <stop_token>
#include <string>
#include <vector>

#include "imagebuild/registry/registry.h"
#include "net/http.h"
#include "pipeline/spec/image_reference.h"

namespace pedigree::cli {

struct RegistryAccess {
    net::Http& http;
    std::string logins; // a dockerconfigjson document, empty: anonymous
    std::vector<std::string> plain_http_hosts;
    std::stop_token stop;

    Result<imagebuild::RegistryClient> client(const spec::ImageReference& image) const;
};

// $REGISTRY_AUTH_FILE, else config.json in $DOCKER_CONFIG or ~/.docker; empty: there is none.
Result<std::string> registry_logins();

} // namespace pedigree::cli
