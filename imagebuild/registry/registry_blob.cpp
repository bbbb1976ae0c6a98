#include "imagebuild/registry/registry.h"

#include <fmt/format.h>

#include "net/redirect.h"

namespace pedigree::imagebuild {

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

} // namespace pedigree::imagebuild
