#include "artifacts/s3.h"

#include <charconv>
#include <fstream>
#include <memory>
#include <system_error>

#include "artifacts/s3_xml.h"
#include "artifacts/xml.h"
#include "base/clock.h"
#include "net/url.h"

namespace pedigree::artifacts {
namespace {

namespace fs = std::filesystem;

// Of one listing. A page has up to 1,000 objects; some stores give a few without any.
constexpr std::size_t list_pages_max = 1'000;

// The store's own word ("NoSuchKey") beside the status; never its whole body.
Error answer_error(const net::Response& response, const std::string& what) {
    Error error = net::status_error(response, what);
    if (const std::string code = error_code_in(response.body); !code.empty()) {
        error.message += " (" + code + ")";
    }
    return error;
}

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Takes a body into a file beside the target, hashed on the way; begins again when it is repeated.
struct Download {
    explicit Download(fs::path target) : path(std::move(target)), beside(path.string() + ".part") {}
    ~Download() {
        std::error_code ignored;
        fs::remove(beside, ignored);
    }
    Status begin() {
        out = std::ofstream(beside, std::ios::binary | std::ios::trunc);
        hash = Sha256();
        bytes = 0;
        return out ? Status() : failure(ErrorCode::Unavailable, "cannot create " + beside.string());
    }
    Status take(std::string_view piece) {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.update(piece);
        bytes += static_cast<std::int64_t>(piece.size());
        return out ? Status()
                   : failure(ErrorCode::TooLarge,
                             "cannot write " + beside.string() +
                                 ": is the volume full? Raise resources.scratch");
    }
    Status finish() {
        out.close();
        std::error_code problem;
        fs::rename(beside, path, problem);
        return out && !problem ? Status()
                               : failure(ErrorCode::Unavailable, "cannot finish " + path.string());
    }

    fs::path path, beside;
    std::ofstream out;
    Sha256 hash;
    std::int64_t bytes = 0;
};

} // namespace

Result<S3Object> parse_s3_uri(std::string_view uri) {
    constexpr std::string_view scheme = "s3://";
    const auto slash = uri.find('/', scheme.size());
    if (!uri.starts_with(scheme) || slash == std::string_view::npos || slash == scheme.size() ||
        uri.find_first_of("?#@") < slash) {
        return failure(ErrorCode::InvalidInput, "\"" + std::string(uri.substr(0, 200)) +
                                                    "\" is not s3://<bucket>/<key> or "
                                                    "s3://<bucket>/<prefix>/");
    }
    return S3Object{std::string(uri.substr(scheme.size(), slash - scheme.size())),
                    std::string(uri.substr(slash + 1))};
}

S3Client::S3Client(net::Http& http, S3Options options) : http_(http), options_(std::move(options)) {
    while (options_.endpoint.ends_with('/')) {
        options_.endpoint.pop_back();
    }
}

std::string S3Client::url(const S3Object& object, const std::string& query) const {
    return options_.endpoint + "/" + net::percent_encode(object.bucket) +
           (object.key.empty() ? "" : "/" + net::percent_encode(object.key, "/")) +
           (query.empty() ? "" : "?" + query);
}

Result<net::Response> S3Client::send(const Call& call, const S3Object& object, net::Request request,
                                     std::stop_token stop) {
    request.method = call.method;
    request.url = url(object, call.query);
    request.timeouts.total = std::chrono::milliseconds(0);
    request.timeouts.idle = options_.idle_time_max;
    const net::Headers plain = request.headers;
    bool first = true;
    const auto attempt = [&]() -> Result<net::Response> {
        if (!first && request.rewind) {
            TRY(request.rewind());
        }
        first = false;
        request.headers = plain; // a repeat is signed for its own time
        TRY(sign_aws(request, options_.credentials, {options_.region, "s3"}, call.payload_hash,
                     SystemClock().now()));
        return http_.send(request, stop);
    };
    auto response = net::retry(attempt, net::transient, options_.retry, stop);
    if (!response) {
        return tl::unexpected<Error>(
            std::move(response.error()).within(call.method + " " + object.text()));
    }
    return response;
}

Result<std::string> S3Client::get(const S3Object& object, std::size_t bytes_max,
                                  std::stop_token stop) {
    net::Request request;
    request.body_bytes_max = bytes_max;
    TRY(auto response, send({"GET", "", net::payload_hash_of("")}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "reading " + object.text()));
    }
    return std::move(response.body);
}

Result<std::string> S3Client::get_range(const S3Object& object, std::int64_t from,
                                        std::size_t bytes_max, std::stop_token stop) {
    if (bytes_max == 0) {
        return std::string();
    }
    net::Request request;
    request.body_bytes_max = bytes_max;
    const auto last = from + static_cast<std::int64_t>(bytes_max) - 1;
    request.headers.set("Range", "bytes=" + std::to_string(from) + "-" + std::to_string(last));
    TRY(auto response, send({"GET", "", net::payload_hash_of("")}, object, request, stop));
    constexpr int partial_content = 206, range_not_satisfiable = 416;
    if (response.status == range_not_satisfiable) {
        return std::string();
    }
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "reading " + object.text()));
    }
    // Some stores answer the whole object instead; bytes from elsewhere must not pass for these.
    if (response.status != partial_content && from > 0) {
        return failure(ErrorCode::Unavailable,
                       "reading " + object.text() + ": the store gives no part of an object");
    }
    return std::move(response.body);
}

Result<Fetched> S3Client::get_file(const S3Object& object, const fs::path& path,
                                   std::stop_token stop) {
    Download download(path);
    TRY(download.begin());
    net::Request request;
    request.sink = [&](std::string_view piece) { return download.take(piece); };
    request.rewind = [&] { return download.begin(); };
    TRY(auto response, send({"GET", "", net::payload_hash_of("")}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "reading " + object.text()));
    }
    TRY(download.finish());
    return Fetched{download.hash.finish(), download.bytes};
}

Result<Fetched> S3Client::get_pieces(const S3Object& object, const net::BodySink& sink,
                                     std::stop_token stop) {
    Sha256 hash;
    Fetched fetched;
    net::Request request;
    request.sink = [&](std::string_view piece) {
        hash.update(piece);
        fetched.bytes += static_cast<std::int64_t>(piece.size());
        return sink(piece);
    };
    request.rewind = [&] {
        return fetched.bytes == 0 ? Status()
                                  : failure(ErrorCode::Conflict,
                                            "reading " + object.text() + " ended in its middle");
    };
    TRY(auto response, send({"GET", "", net::payload_hash_of("")}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "reading " + object.text()));
    }
    fetched.digest = hash.finish();
    return fetched;
}

Status S3Client::put(const S3Object& object, const std::string& bytes, std::stop_token stop) {
    net::Request request;
    request.body = bytes;
    TRY(auto response, send({"PUT", "", net::payload_hash_of(bytes)}, object, request, stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "writing " + object.text()));
    }
    return {};
}

Status S3Client::put_file(const S3Object& object, const OpenFile& file, const Digest& digest,
                          std::stop_token stop) {
    if (file.bytes >= options_.multipart_bytes_min) {
        return put_parts(object, file, digest, stop);
    }
    net::Request request;
    net::set_body_from(request, file, 0, file.bytes);
    TRY(auto response, send({"PUT", "", digest.hex()}, object, request, stop));
    if (error_code_in(response.body) == "XAmzContentSHA256Mismatch") {
        return failure(ErrorCode::Conflict, file.name + " changed while it was uploaded");
    }
    if (!response.ok()) {
        return tl::unexpected<Error>(answer_error(response, "writing " + object.text()));
    }
    return {};
}

Result<std::optional<ObjectSize>> S3Client::head(const S3Object& object, std::stop_token stop) {
    TRY(auto response, send({"HEAD", "", net::payload_hash_of("")}, object, {}, stop));
    if (response.status == 404) {
        return std::optional<ObjectSize>();
    }
    if (!response.ok()) {
        return tl::unexpected<Error>(net::status_error(response, "looking at " + object.text()));
    }
    return std::optional<ObjectSize>(
        ObjectSize{object.key, number(response.headers.value_or("Content-Length", "0"))});
}

Result<std::vector<ObjectSize>> S3Client::list(const S3Object& object, std::size_t count_max,
                                               std::stop_token stop) {
    std::vector<ObjectSize> out;
    std::string continuation;
    std::size_t pages = 0;
    do {
        net::QueryParameters parameters{
            {"encoding-type", "url"}, {"list-type", "2"}, {"prefix", object.key}};
        if (!continuation.empty()) {
            parameters.emplace_back("continuation-token", continuation);
        }
        net::Request request;
        request.body_bytes_max = xml_bytes_max;
        TRY(auto answer, send({"GET", net::query_text(parameters), net::payload_hash_of("")},
                              {object.bucket, ""}, request, stop));
        if (!answer.ok()) {
            return tl::unexpected<Error>(answer_error(answer, "listing " + object.text()));
        }
        auto page = list_page_from(answer.body);
        if (!page) {
            return tl::unexpected<Error>(
                std::move(page).error().within("listing " + object.text()));
        }
        for (ObjectSize& found : page->objects) {
            if (!found.key.starts_with(object.key)) {
                return failure(ErrorCode::Corrupt,
                               "listing " + object.text() + ": the store names objects elsewhere");
            }
            out.push_back(std::move(found));
        }
        if (out.size() > count_max) {
            return failure(ErrorCode::TooLarge, object.text() + " holds more than " +
                                                    std::to_string(count_max) + " objects");
        }
        if (++pages > list_pages_max) {
            return failure(ErrorCode::Corrupt,
                           "listing " + object.text() + ": the store's pages do not end");
        }
        continuation = std::move(page->continuation);
    } while (!continuation.empty());
    return out;
}

} // namespace pedigree::artifacts
