// Blobs on their way into a registry: whole in one PUT, or in pieces when they come from another.
// Each PUT follows a POST that was authorised a moment ago, so that no token ends before hundreds
// of megabytes have gone.
#include "imagebuild/registry/registry.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "net/retry.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::uint64_t sent_unasked_bytes_max = 1024 * 1024;
// Pieces keep memory constant and let both connections wait for each other. Several layers are on
// their way at once (build.cpp), each with a piece and the request that holds it.
constexpr std::size_t piece_bytes = 4 * 1024 * 1024;
constexpr std::size_t piece_bytes_max = 64 * 1024 * 1024;

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

// The last byte that "0-LAST" says is there.
std::optional<std::uint64_t> last_byte(const net::Response& response) {
    const std::string range = response.headers.value_or("Range", "");
    const std::size_t dash = range.find('-');
    return dash == range.npos ? std::nullopt : number(std::string_view(range).substr(dash + 1));
}

} // namespace

Result<std::uint64_t> RegistryClient::push_blob(const Digest& digest, std::string_view bytes) {
    TRY(const Upload upload, begin_upload());
    net::Request request;
    request.body = bytes;
    TRY(end_upload(upload, digest, std::move(request)));
    return bytes.size();
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
    TRY(const OpenFile opened, open_file(file));
    TRY(const Upload upload, begin_upload());
    net::Request request;
    net::set_body_from(request, opened, 0, opened.bytes);
    TRY(end_upload(upload, digest, std::move(request)));
    return static_cast<std::uint64_t>(opened.bytes);
}

Result<bool> RegistryClient::mount(const Digest& digest, const std::string& from_repository) {
    net::Request request;
    request.method = "POST";
    request.url =
        fmt::format("{}?mount={}&from={}", at("blobs", "uploads/"),
                    net::percent_encode(digest.text()), net::percent_encode(from_repository));
    request.headers.set("Content-Length", "0");
    const std::string both = fmt::format("{} repository:{}:pull", scope_, from_repository);
    TRY(const net::Response response, send(request, {.scope = both}));
    return response.status == 201; // 202 began an upload, anything else: not allowed
}

Result<std::uint64_t> RegistryClient::copy_blob(RegistryClient& from, const Digest& digest,
                                                std::uint64_t bytes) {
    TRY(Upload upload, begin_upload());
    std::string piece;
    const auto take = [&](std::string_view arrived) -> Status {
        piece += arrived;
        if (piece.size() >= upload.piece_bytes) {
            TRY(push_piece(upload, piece));
            piece.clear();
        }
        return {};
    };
    TRY(from.blob(digest, bytes, take));
    if (!piece.empty()) {
        TRY(push_piece(upload, piece));
    }
    TRY(end_upload(upload, digest, {}));
    return bytes;
}

Result<RegistryClient::Upload> RegistryClient::begin_upload() {
    net::Request request;
    request.method = "POST";
    request.url = at("blobs", "uploads/");
    request.headers.set("Content-Length", "0");
    TRY(const net::Response response, send(request));
    if (response.status != 202 || !response.headers.contains("Location")) {
        return tl::unexpected<Error>(unwelcome(response, "uploading a layer to"));
    }
    const auto least = number(response.headers.value_or("OCI-Chunk-Min-Length", ""));
    Upload upload{request.url,
                  std::clamp<std::size_t>(least.value_or(0), piece_bytes, piece_bytes_max)};
    TRY(move_on(upload, response));
    return upload;
}

// An upload's newest address is the one that counts; it may carry a state that must be kept.
Status RegistryClient::move_on(Upload& upload, const net::Response& response) const {
    const auto location = response.headers.find("Location");
    if (!location) {
        return {};
    }
    TRY(const net::Url here, net::parse_url(upload.location));
    TRY(const net::Url next, net::join(here, *location));
    if (next.origin() != here.origin()) {
        return failure(ErrorCode::Forbidden, "RegistryRefused",
                       fmt::format("E2109 {} wants uploads to go to another host, {}; it gets no "
                                   "credential",
                                   address_.host, next.host));
    }
    upload.location = next.text();
    return {};
}

// A piece of which it is not known whether it arrived is never sent again as it is: there are
// registries that would append it twice.
Status RegistryClient::push_piece(Upload& upload, std::string_view piece) {
    const std::uint64_t begin = upload.bytes;
    const std::uint64_t end = begin + piece.size();
    bool sent = false;
    const auto attempt = [&]() -> Result<net::Response> {
        if (std::exchange(sent, true)) {
            TRY(find_end(upload));
            if (upload.bytes == end) {
                return net::Response{202, {}, ""};
            }
            if (upload.bytes < begin || upload.bytes > end) {
                return failure(ErrorCode::Conflict, "RegistryUnavailable",
                               fmt::format("{} lost bytes of an upload", address_.host));
            }
        }
        return patch(upload, piece.substr(upload.bytes - begin));
    };
    const auto worth_repeating = [](const Result<net::Response>& outcome) {
        return net::transient(outcome) || (outcome && outcome->status == 416);
    };
    TRY(const net::Response response, net::retry(attempt, worth_repeating, {}, stop_));
    if (response.status != 202) {
        return tl::unexpected<Error>(unwelcome(response, "copying a layer to"));
    }
    upload.bytes = end;
    return {};
}

Result<net::Response> RegistryClient::patch(Upload& upload, std::string_view piece) {
    const std::uint64_t last = upload.bytes + piece.size() - 1;
    net::Request request;
    request.method = "PATCH";
    request.url = upload.location;
    request.headers.set("Content-Type", "application/octet-stream");
    request.headers.set("Content-Range", fmt::format("{}-{}", upload.bytes, last));
    request.body = piece;
    request.timeouts = {.total = transfer_time_max, .idle = transfer_idle_max};
    TRY(net::Response response, send(std::move(request), {.once = true}));
    if (response.status == 202) {
        TRY(move_on(upload, response));
        if (const auto said = last_byte(response); said && *said != last) {
            return failure(ErrorCode::Corrupt, "RegistryRefused",
                           fmt::format("E2110 {} has {} bytes of an upload of which {} were sent",
                                       address_.host, *said + 1, last + 1));
        }
    }
    return response;
}

// "0-0" is what registries say of one byte and of none; of pieces of megabytes it is none.
Status RegistryClient::find_end(Upload& upload) {
    net::Request request;
    request.url = upload.location;
    TRY(const net::Response response, send(std::move(request)));
    const auto last = last_byte(response);
    if (response.status != 204 || !last) {
        return failure(ErrorCode::Conflict, "RegistryUnavailable",
                       fmt::format("{} cannot say how much of an upload arrived: status {}",
                                   address_.host, response.status));
    }
    upload.bytes = *last == 0 ? 0 : *last + 1;
    return move_on(upload, response);
}

Status RegistryClient::end_upload(const Upload& upload, const Digest& digest,
                                  net::Request request) {
    const char* separator = upload.location.find('?') == std::string::npos ? "?" : "&";
    request.method = "PUT";
    request.url = fmt::format("{}{}digest={}", upload.location, separator,
                              net::percent_encode(digest.text()));
    request.headers.set("Content-Type", "application/octet-stream");
    request.timeouts = {.total = transfer_time_max, .idle = transfer_idle_max};
    TRY(const net::Response response, send(std::move(request)));
    if (response.status != 201) {
        // A lost answer: the blob may be there all the same.
        const auto there = has_blob(digest);
        if (!there || !*there) {
            return tl::unexpected<Error>(unwelcome(response, "uploading a layer to"));
        }
    }
    return {};
}

} // namespace pedigree::imagebuild
