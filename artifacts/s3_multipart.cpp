// Files above the single-request size: CreateMultipartUpload, UploadPart, CompleteMultipartUpload;
// aborted when a part fails, since a store bills what is left behind.

#include <algorithm>

#include "artifacts/s3.h"
#include "artifacts/s3_xml.h"
#include "artifacts/xml.h"
#include "net/url.h"

namespace pedigree::artifacts {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

// Reads the request's body once, into both hashes, and rewinds it.
Result<Digest> digest_part(net::Request& request, Sha256& whole) {
    Sha256 part;
    std::string buffer(piece_bytes, '\0');
    for (;;) {
        TRY(const std::size_t count, request.body_source(buffer));
        if (count == 0) {
            break;
        }
        part.update(std::string_view(buffer).substr(0, count));
        whole.update(std::string_view(buffer).substr(0, count));
    }
    TRY(request.rewind());
    return part.finish();
}

} // namespace

Result<std::string> S3Client::put_part(const S3Object& object, const Call& call, Parts& parts,
                                       std::int64_t offset, std::stop_token stop) {
    net::Request request;
    net::set_body_from(request, parts.file, offset,
                       std::min(options_.part_bytes, parts.file.bytes - offset));
    TRY(const Digest digest, digest_part(request, parts.whole));
    TRY(auto response, send({call.method, call.query, digest.hex()}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(
            net::status_error(response, "writing a part of " + object.text()));
    }
    return response.headers.value_or("ETag", "");
}

Status S3Client::put_each_part(const S3Object& object, const std::string& upload, Parts& parts,
                               std::stop_token stop) {
    int number = 1;
    for (std::int64_t offset = 0; offset < parts.file.bytes;
         offset += options_.part_bytes, ++number) {
        const std::string query = "partNumber=" + std::to_string(number) + "&" + upload;
        TRY(const std::string tag, put_part(object, {"PUT", query, ""}, parts, offset, stop));
        parts.list += "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" +
                      xml_escape(tag) + "</ETag></Part>";
    }
    return {};
}

Status S3Client::put_parts(const S3Object& object, const OpenFile& file, const Digest& digest,
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
    Parts parts{file, {}, ""};
    Status put = put_each_part(object, upload, parts, stop);
    if (put && parts.whole.finish() != digest) { // the parts alone are signed, not their sum
        put = failure(ErrorCode::Conflict, file.name + " changed while it was uploaded");
    }
    if (!put) {
        (void)send({"DELETE", upload, net::payload_hash_of("")}, object, {}, stop);
        return put;
    }
    net::Request request;
    request.body = "<CompleteMultipartUpload>" + parts.list + "</CompleteMultipartUpload>";
    TRY(auto response,
        send({"POST", upload, net::payload_hash_of(request.body)}, object, request, stop));
    // S3 may begin a 200 before it knows that it failed.
    if (!response.ok() || !error_code_in(response.body).empty()) {
        return tl::unexpected<Error>(net::status_error(response, "completing " + object.text()));
    }
    return {};
}

} // namespace pedigree::artifacts
