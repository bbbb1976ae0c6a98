// Files above the single-request size: CreateMultipartUpload, UploadPart, CompleteMultipartUpload;
// aborted when a part fails, since a store bills what is left behind.

#include <fstream>
#include <memory>

#include "artifacts/s3.h"
#include "artifacts/s3_xml.h"
#include "artifacts/xml.h"
#include "net/url.h"

namespace pedigree::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256 * 1024;

// A part of the file as a request body.
Status set_body_from_range(net::Request& request, const fs::path& path, std::int64_t offset,
                           std::int64_t bytes) {
    struct Range {
        std::ifstream file;
        std::int64_t left = 0;
    };
    auto range = std::make_shared<Range>();
    range->file.open(path, std::ios::binary);
    const auto rewind = [range, path, offset, bytes]() -> Status {
        range->file.clear();
        range->file.seekg(offset);
        range->left = bytes;
        return range->file ? Status()
                           : failure(ErrorCode::Unavailable, "cannot read " + path.string());
    };
    TRY(rewind());
    request.rewind = rewind;
    request.body_source_bytes = static_cast<std::uint64_t>(bytes);
    request.body_source = [range](std::span<char> buffer) -> Result<std::size_t> {
        const auto wanted =
            std::min<std::int64_t>(static_cast<std::int64_t>(buffer.size()), range->left);
        range->file.read(buffer.data(), wanted);
        range->left -= range->file.gcount();
        return static_cast<std::size_t>(range->file.gcount());
    };
    return {};
}

Result<Digest> digest_range(net::Request& request) {
    Sha256 hash;
    std::string buffer(piece_bytes, '\0');
    for (;;) {
        TRY(const std::size_t count, request.body_source(buffer));
        if (count == 0) {
            break;
        }
        hash.update(std::string_view(buffer).substr(0, count));
    }
    TRY(request.rewind());
    return hash.finish();
}

} // namespace

Result<std::string> S3Client::put_part(const S3Object& object, const fs::path& path,
                                       const Call& call, std::int64_t offset,
                                       std::stop_token stop) {
    std::error_code problem;
    const auto size = static_cast<std::int64_t>(fs::file_size(path, problem));
    net::Request request;
    TRY(set_body_from_range(request, path, offset, std::min(options_.part_bytes, size - offset)));
    TRY(const Digest digest, digest_range(request));
    TRY(auto response, send({call.method, call.query, digest.hex()}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(
            net::status_error(response, "writing a part of " + object.text()));
    }
    return response.headers.value_or("ETag", "");
}

Status S3Client::put_parts(const S3Object& object, const fs::path& path, std::int64_t bytes,
                           std::stop_token stop) {
    TRY(auto created, send({"POST", "uploads=", net::payload_hash_of("")}, object, {}, stop));
    if (!created.ok()) {
        return tl::unexpected<Error>(net::status_error(created, "beginning " + object.text()));
    }
    auto id = upload_id_from(created.body);
    if (!id) {
        return tl::unexpected<Error>(std::move(id).error().within("beginning " + object.text()));
    }
    const std::string upload = "uploadId=" + net::percent_encode(*id);
    std::string parts;
    int part = 1;
    for (std::int64_t offset = 0; offset < bytes; offset += options_.part_bytes, ++part) {
        const std::string query = "partNumber=" + std::to_string(part) + "&" + upload;
        auto tag = put_part(object, path, {"PUT", query, ""}, offset, stop);
        if (!tag) {
            (void)send({"DELETE", upload, net::payload_hash_of("")}, object, {}, stop);
            return tl::unexpected<Error>(std::move(tag).error());
        }
        parts += "<Part><PartNumber>" + std::to_string(part) + "</PartNumber><ETag>" +
                 xml_escape(*tag) + "</ETag></Part>";
    }
    net::Request request;
    request.body = "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>";
    TRY(auto response,
        send({"POST", upload, net::payload_hash_of(request.body)}, object, request, stop));
    // S3 may begin a 200 before it knows that it failed.
    if (!response.ok() || !error_code_in(response.body).empty()) {
        return tl::unexpected<Error>(net::status_error(response, "completing " + object.text()));
    }
    return {};
}

} // namespace pedigree::artifacts
