#include "imagebuild/registry.h"

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
constexpr std::uint64_t sent_unasked_bytes_max = 1024 * 1024;
constexpr std::chrono::minutes transfer_time_max{30};
constexpr std::chrono::seconds transfer_idle_max{60};

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

} // namespace

std::string RepositoryAddress::url() const {
    return (plain_http ? "http://" : "https://") + host;
}

RegistryClient::RegistryClient(net::Http& http, RepositoryAddress address,
                               std::optional<RegistryCredential> credential, Access access,
                               std::stop_token stop)
    : http_(http), address_(std::move(address)),
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
    if (const std::string code = registry_code(response); !code.empty()) {
        error.message += " (" + code + ")";
    }
    error.reason = response.status == 401   ? "AuthenticationFailed"
                   : response.status == 403 ? "RegistryDenied"
                   : response.status == 404 ? "ImageNotFound"
                   : error.retryable()      ? "RegistryUnavailable"
                                            : "RegistryRefused";
    return error;
}

// One request with what is known of the authorisation, and once more after a challenge.
Result<net::Response> RegistryClient::send_once(net::Request& request) {
    for (int round = 0;; ++round) {
        request.headers.remove("Authorization");
        const auto field = authority_.authorization(scope_);
        if (field) {
            request.headers.set("Authorization", field->reveal());
        }
        TRY(net::Response response, net::send_with_retry(http_, request, {}, stop_));
        if (response.status != 401 || round == 1) {
            return response;
        }
        TRY(authority_.learn(response, scope_, field, stop_));
        if (request.rewind) {
            TRY(request.rewind());
        }
    }
}

Result<net::Response> RegistryClient::send(net::Request request) {
    auto response = send_once(request);
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
    TRY(const Json document, parse_json(response.body));
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
            return failure(ErrorCode::Forbidden, "RegistryRefused",
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

Result<bool> RegistryClient::has_blob(const Digest& digest) {
    net::Request request;
    request.method = "HEAD";
    request.url = at("blobs", digest.text());
    TRY(const net::Response response, send(request));
    if (response.status == 200 || response.status == 307 || response.status == 404) {
        return response.status != 404;
    }
    return tl::unexpected<Error>(unwelcome(response, "looking for a layer in"));
}

Status RegistryClient::blob(const Digest& digest, std::uint64_t bytes, const ByteSink& sink) {
    std::uint64_t arrived = 0;
    const auto other_size = [&] {
        return failure(ErrorCode::Corrupt, "ImageRefused",
                       fmt::format("E2104 {} does not have the {} bytes that the manifest says",
                                   digest.text(), bytes));
    };
    TRY(stream_blob(digest, [&](std::string_view piece) -> Status {
        arrived += piece.size();
        return arrived > bytes ? Status(other_size()) : sink(piece);
    }));
    return arrived == bytes ? Status() : Status(other_size());
}

Status RegistryClient::stream_blob(const Digest& digest, const ByteSink& sink) {
    Sha256 hash;
    net::Request request;
    request.url = at("blobs", digest.text());
    request.timeouts = {.total = transfer_time_max, .idle = transfer_idle_max};
    request.sink = [&](std::string_view piece) -> Status {
        hash.update(piece);
        return sink(piece);
    };
    const auto used = authority_.authorization(scope_);
    if (used) {
        request.headers.set("Authorization", used->reveal());
    }
    // Not repeated: the sink has taken bytes already. A 401 comes before any.
    TRY(net::Response response, net::send_following_redirects(http_, request, stop_));
    if (response.status == 401) {
        TRY(authority_.learn(response, scope_, used, stop_));
        if (const auto field = authority_.authorization(scope_)) {
            request.headers.set("Authorization", field->reveal());
        }
        TRY(response, net::send_following_redirects(http_, request, stop_));
    }
    if (!response.ok()) {
        return tl::unexpected<Error>(unwelcome(response, "reading a layer from"));
    }
    if (hash.finish() != digest) {
        return failure(ErrorCode::Corrupt, "ImageRefused",
                       fmt::format("{} sent other bytes than {}", address_.host, digest.text()));
    }
    return {};
}

Result<std::string> RegistryClient::small_blob(const Digest& digest, std::size_t bytes_max) {
    std::string bytes;
    TRY(stream_blob(digest, [&](std::string_view piece) -> Status {
        bytes += piece;
        if (bytes.size() > bytes_max) {
            return failure(ErrorCode::TooLarge, "ImageRefused",
                           fmt::format("{} is larger than {} bytes", digest.text(), bytes_max));
        }
        return {};
    }));
    return bytes;
}

Result<std::uint64_t> RegistryClient::push_blob(const Digest& digest, std::string_view bytes) {
    return upload(digest, [&](net::Request& request) -> Status {
        request.body = bytes;
        return {};
    });
}

Result<std::uint64_t> RegistryClient::push_blob_file(const Digest& digest,
                                                     const std::filesystem::path& file) {
    std::error_code problem; // of a file that cannot be read the upload tells
    if (std::filesystem::file_size(file, problem) > sent_unasked_bytes_max) {
        TRY(const bool there, has_blob(digest));
        if (there) {
            return 0;
        }
    }
    return upload(digest, [&](net::Request& request) {
        return net::set_body_from_file(request, file.string());
    });
}

// An upload's address; it may carry a state that must be kept.
Result<std::string> RegistryClient::begin_upload() {
    net::Request request;
    request.method = "POST";
    request.url = at("blobs", "uploads/");
    request.headers.set("Content-Length", "0");
    TRY(const net::Response response, send(request));
    const auto location = response.headers.find("Location");
    if (response.status != 202 || !location) {
        return tl::unexpected<Error>(unwelcome(response, "uploading a layer to"));
    }
    TRY(const net::Url base, net::parse_url(request.url));
    TRY(const net::Url where, net::join(base, *location));
    if (where.origin() != base.origin()) {
        return failure(ErrorCode::Forbidden, "RegistryRefused",
                       fmt::format("E2109 {} wants uploads to go to another host, {}; it gets no "
                                   "credential",
                                   address_.host, where.host));
    }
    return where.text();
}

Result<std::uint64_t> RegistryClient::upload(const Digest& digest,
                                             const std::function<Status(net::Request&)>& set_body) {
    TRY(const std::string location, begin_upload());
    net::Request request;
    request.method = "PUT";
    request.url =
        fmt::format("{}{}digest={}", location, location.find('?') == location.npos ? "?" : "&",
                    net::percent_encode(digest.text()));
    request.headers.set("Content-Type", "application/octet-stream");
    request.timeouts = {.total = transfer_time_max, .idle = transfer_idle_max};
    TRY(set_body(request));
    const std::uint64_t bytes = request.body_source_bytes.value_or(request.body.size());
    TRY(const net::Response response, send(std::move(request)));
    if (response.status != 201) {
        // A lost answer: the blob may be there all the same.
        const auto there = has_blob(digest);
        if (!there || !*there) {
            return tl::unexpected<Error>(unwelcome(response, "uploading a layer to"));
        }
    }
    return bytes;
}

Result<bool> RegistryClient::mount(const Digest& digest, const std::string& from_repository) {
    TRY(const bool there, has_blob(digest));
    if (there) {
        return true;
    }
    net::Request request;
    request.method = "POST";
    request.url =
        fmt::format("{}?mount={}&from={}", at("blobs", "uploads/"),
                    net::percent_encode(digest.text()), net::percent_encode(from_repository));
    request.headers.set("Content-Length", "0");
    TRY(const net::Response response, send(request));
    return response.status == 201; // 202 began an upload, anything else: not allowed
}

Result<std::uint64_t> RegistryClient::copy_blob(RegistryClient& from, const Digest& digest,
                                                std::uint64_t bytes) {
    TRY(const bool there, has_blob(digest));
    if (there) {
        return 0;
    }
    TRY(std::string location, begin_upload());
    // Pieces keep memory constant and let both connections wait for each other.
    constexpr std::size_t piece_bytes = 16 * 1024 * 1024;
    std::string piece;
    std::uint64_t done = 0;
    const auto patch = [&]() -> Status {
        net::Request request;
        request.method = "PATCH";
        request.url = location;
        request.headers.set("Content-Type", "application/octet-stream");
        request.headers.set("Content-Range", fmt::format("{}-{}", done, done + piece.size() - 1));
        request.body = piece;
        request.timeouts = {.total = transfer_time_max, .idle = transfer_idle_max};
        TRY(const net::Response response, send(request));
        const auto next = response.headers.find("Location");
        if (response.status != 202 || !next) {
            return tl::unexpected<Error>(unwelcome(response, "copying a layer to"));
        }
        TRY(const net::Url base, net::parse_url(location));
        TRY(const net::Url where, net::join(base, *next));
        if (where.origin() != base.origin()) {
            return failure(
                ErrorCode::Forbidden, "RegistryRefused",
                fmt::format("E2109 {} wants uploads to go to another host", address_.host));
        }
        location = where.text();
        done += piece.size();
        piece.clear();
        return {};
    };
    TRY(from.blob(digest, bytes, [&](std::string_view arrived) -> Status {
        piece += arrived;
        return piece.size() >= piece_bytes ? patch() : Status();
    }));
    if (!piece.empty()) {
        TRY(patch());
    }
    net::Request request;
    request.method = "PUT";
    request.url =
        fmt::format("{}{}digest={}", location, location.find('?') == location.npos ? "?" : "&",
                    net::percent_encode(digest.text()));
    request.headers.set("Content-Length", "0");
    TRY(const net::Response response, send(request));
    if (response.status != 201) {
        return tl::unexpected<Error>(unwelcome(response, "copying a layer to"));
    }
    return done;
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
