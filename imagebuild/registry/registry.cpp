#include "imagebuild/registry/registry.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "net/redirect.h"
#include "net/retry.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* manifest_types =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

constexpr std::size_t referrer_pages_max = 16;

constexpr const char* blob_unknown = "MANIFEST_BLOB_UNKNOWN";

// A manifest is no other kind of document than its registry said; what names none of the kinds is
// not asked.
Status check_type(const std::string& said, const std::string& written) {
    const bool known = std::string_view(manifest_types).find(said) != std::string_view::npos;
    if (said.empty() || written.empty() || !known || said == written) {
        return {};
    }
    return failure(ErrorCode::Corrupt, "ImageRefused",
                   fmt::format("E2106 the registry calls a document {} that calls itself {}", said,
                               written.substr(0, 80)));
}

// Of a Link field (RFC 8288) the address of the next page, or nothing.
std::string next_page(const std::string& link) {
    const std::size_t end = link.find('>');
    const bool next = link.starts_with('<') && end != std::string::npos &&
                      link.find("rel=\"next\"", end) != std::string::npos;
    return next ? link.substr(1, end - 1) : "";
}

// The code of the first error in a registry's answer, if it is one of the words of the
// specification.
std::string registry_code(const net::Response& response) {
    const auto document = parse_json(response.body, {.bytes_max = 64 * 1024});
    if (!document) {
        return {};
    }
    const Json& errors = at_path(*document, {"errors"});
    if (!errors.is_array() || errors.empty()) {
        return {};
    }
    const std::string code = string_or(errors[0], "code");
    const bool a_word = code.size() < 40 &&
                        code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
    return a_word ? code : "";
}

// The login is good, and what it may do is too little (RFC 6750).
bool lacks_a_right(const net::Response& response) {
    const auto challenges = parse_challenges(response.headers.value_or("WWW-Authenticate", ""));
    return std::any_of(challenges.begin(), challenges.end(), [](const Challenge& challenge) {
        const auto error = challenge.parameters.find("error");
        return error != challenge.parameters.end() && error->second == "insufficient_scope";
    });
}

} // namespace

bool is_docker_hub(std::string_view host) {
    return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

std::string full_repository(std::string_view host, const std::string& repository) {
    const bool one_word = repository.find('/') == std::string::npos;
    return is_docker_hub(host) && one_word ? "library/" + repository : repository;
}

std::string RepositoryAddress::url() const {
    return (plain_http ? "http://" : "https://") +
           (is_docker_hub(host) ? "registry-1.docker.io" : host);
}

RegistryClient::RegistryClient(net::Http& http, RepositoryAddress address,
                               std::optional<RegistryCredential> credential, Access access,
                               std::stop_token stop)
    : http_(http),
      address_{address.host, full_repository(address.host, address.repository), address.plain_http},
      authority_(http, address_.url(), std::move(credential)),
      scope_(fmt::format("repository:{}:{}", address_.repository,
                         access == Access::Pull ? "pull" : "pull,push")),
      stop_(std::move(stop)) {}

std::string RegistryClient::at(std::string_view kind, std::string_view reference) const {
    return fmt::format("{}/v2/{}/{}/{}", address_.url(), address_.repository, kind, reference);
}

Error RegistryClient::unwelcome(const net::Response& response, std::string_view doing) const {
    Error error = net::status_error(
        response, fmt::format("{} {}/{}", doing, address_.host, address_.repository));
    const std::string code = registry_code(response);
    if (!code.empty()) {
        error.message += " (" + code + ")";
    }
    if (code == blob_unknown) {
        error.code = ErrorCode::Gone;
    }
    error.reason = code == blob_unknown                                ? "BlobsMissing"
                   : response.status == 403 || lacks_a_right(response) ? "RegistryDenied"
                   : response.status == 401                            ? "AuthenticationFailed"
                   : response.status == 404                            ? "ImageNotFound"
                   : error.retryable()                                 ? "RegistryUnavailable"
                                                                       : "RegistryRefused";
    return error;
}

// One request with what is known of the authorisation, and once more after a challenge.
Result<net::Response> RegistryClient::send_once(net::Request& request, const Sending& sending) {
    const std::string& scope = sending.scope.empty() ? scope_ : sending.scope;
    for (int round = 0;; ++round) {
        request.headers.remove("Authorization");
        const auto field = authority_.authorization(scope);
        if (field) {
            request.headers.set("Authorization", field->reveal());
        }
        net::RetryOptions retries;
        retries.tries_max = sending.once ? 1 : retries.tries_max;
        TRY(net::Response response, net::send_with_retry(http_, request, retries, stop_));
        if (response.status != 401 || round == 1) {
            return response;
        }
        TRY(authority_.learn(response, scope, field, stop_));
        if (request.rewind) {
            TRY(request.rewind());
        }
    }
}

Result<net::Response> RegistryClient::send(net::Request request, const Sending& sending) {
    auto response = send_once(request, sending);
    if (!response && response.error().reason.empty() && response.error().retryable()) {
        response.error().reason = "RegistryUnavailable";
    }
    return response;
}

Result<net::Response> RegistryClient::read_manifest(const std::string& reference) {
    net::Request request;
    request.url = at("manifests", reference);
    request.headers.add("Accept", manifest_types);
    request.body_bytes_max = manifest_bytes_max;
    auto answer = send(request);
    if (!answer && answer.error().code == ErrorCode::TooLarge) {
        return failure(ErrorCode::TooLarge, "ImageRefused",
                       fmt::format("E2105 the manifest {} is larger than {} MiB", reference,
                                   manifest_bytes_max >> 20));
    }
    return answer;
}

Result<Manifest> RegistryClient::manifest(const Digest& digest) {
    TRY(net::Response response, read_manifest(digest.text()));
    if (!response.ok()) {
        return tl::unexpected<Error>(
            unwelcome(response, fmt::format("reading image {} from", digest.text())));
    }
    if (sha256(response.body) != digest) {
        return failure(
            ErrorCode::Corrupt, "ImageRefused",
            fmt::format("{} answered with another manifest than {}", address_.host, digest.text()));
    }
    const auto parsed = parse_json(response.body);
    if (!parsed) {
        return failure(ErrorCode::Corrupt, "ImageRefused",
                       fmt::format("{} gives a manifest that is no JSON: {}", address_.host,
                                   parsed.error().message));
    }
    const Json& document = *parsed;
    std::string type = response.headers.value_or("Content-Type", "");
    type = type.substr(0, type.find(';'));
    TRY(check_type(type, string_or(document, "mediaType")));
    return Manifest{std::move(response.body), string_or(document, "mediaType", type), digest};
}

Result<std::optional<Manifest>> RegistryClient::tagged_manifest(const std::string& tag) {
    TRY(net::Response response, read_manifest(tag));
    if (response.status == 404) {
        return std::optional<Manifest>();
    }
    if (!response.ok()) {
        return tl::unexpected<Error>(unwelcome(response, fmt::format("reading {} from", tag)));
    }
    Manifest manifest{std::move(response.body), response.headers.value_or("Content-Type", ""), {}};
    manifest.digest = sha256(manifest.bytes);
    return std::optional(std::move(manifest));
}

Result<std::vector<std::string>> RegistryClient::referrer_pages(const Digest& subject) {
    std::vector<std::string> pages;
    net::Request request;
    request.url = at("referrers", subject.text());
    request.body_bytes_max = manifest_bytes_max;
    while (pages.size() < referrer_pages_max) {
        TRY(net::Response response, send(request));
        const bool absent =
            response.status == 404 || response.status == 400 || response.status == 405;
        if (pages.empty() && absent) {
            return pages;
        }
        if (!response.ok()) {
            return tl::unexpected<Error>(unwelcome(response, "reading the referrers from"));
        }
        const std::string next = next_page(response.headers.value_or("Link", ""));
        pages.push_back(std::move(response.body));
        if (next.empty()) {
            break;
        }
        TRY(const net::Url here, net::parse_url(request.url));
        TRY(const net::Url there, net::join(here, next));
        if (there.origin() != here.origin()) {
            return failure(ErrorCode::Corrupt, "RegistryRefused",
                           fmt::format("{} lists referrers on another host", address_.host));
        }
        request.url = there.text();
    }
    return pages;
}

Result<bool> RegistryClient::has_manifest(const std::string& reference) {
    net::Request request;
    request.method = "HEAD";
    request.url = at("manifests", reference);
    request.headers.add("Accept", manifest_types);
    TRY(const net::Response response, send(request));
    if (response.ok() || response.status == 404) {
        return response.ok();
    }
    return tl::unexpected<Error>(unwelcome(response, "looking for an image in"));
}

Result<bool> RegistryClient::push_manifest(const std::string& reference, const Manifest& manifest) {
    net::Request request;
    request.method = "PUT";
    request.url = at("manifests", reference);
    request.headers.set("Content-Type", manifest.media_type);
    request.body = manifest.bytes;
    TRY(const net::Response response, send(request));
    if (response.status != 201) {
        return tl::unexpected<Error>(unwelcome(response, "pushing the image to"));
    }
    const auto digest = response.headers.find("Docker-Content-Digest");
    if (digest && *digest != manifest.digest.text()) {
        return failure(ErrorCode::Corrupt, "RegistryRefused",
                       fmt::format("{} stored the image under {} instead of {}", address_.host,
                                   digest->substr(0, 80), manifest.digest.text()));
    }
    return response.headers.contains("OCI-Subject");
}

} // namespace pedigree::imagebuild
