#pragma once
// S3Client: what pedigree needs of an S3 compatible store (AWS S3 API 2006-03-01, path-style, so
// that MinIO and names without DNS work). Uploads carry the SHA-256 of their bytes in the
// signature: the store refuses bytes that are not the ones that were hashed. Files stream both ways
// in constant memory. Transient answers are repeated within `retry`; all calls here may be sent
// twice. As many threads may call as the Http may be called by, which it borrows. Errors name
// s3://bucket/key.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/open_file.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/sigv4.h"

namespace pedigree::artifacts {

struct S3Options {
    std::string endpoint; // "http://minio:9000"
    std::string region = "us-east-1";
    net::AwsCredentials credentials;
    net::RetryOptions retry{};
    std::int64_t multipart_bytes_min = 1024LL * 1024 * 1024; // larger files go up in parts
    std::int64_t part_bytes = 128LL * 1024 * 1024;           // S3 allows 10,000 of them
    std::chrono::milliseconds idle_time_max{60000};
};

struct S3Object {
    std::string bucket;
    std::string key;

    std::string text() const { return "s3://" + bucket + "/" + key; }
};
// "s3://bucket/key" or "s3://bucket/prefix/". InvalidInput otherwise.
Result<S3Object> parse_s3_uri(std::string_view uri);

struct ObjectSize {
    std::string key;
    std::int64_t bytes = 0;
};

struct Fetched {
    Digest digest;
    std::int64_t bytes = 0;
};

class S3Client {
  public:
    S3Client(net::Http& http, S3Options options);

    Result<std::string> get(const S3Object& object, std::size_t bytes_max,
                            std::stop_token stop = {});
    // Bytes [from, from + bytes_max) as far as the object reaches; empty: it ends before `from`.
    // Unavailable: a store that gives whole objects alone.
    Result<std::string> get_range(const S3Object& object, std::int64_t from, std::size_t bytes_max,
                                  std::stop_token stop = {});
    // Hashes while writing. The file exists afterwards only if all of it arrived.
    Result<Fetched> get_file(const S3Object& object, const std::filesystem::path& path,
                             std::stop_token stop = {});
    // Hands on what comes. Repeated only before the first piece, since none is taken back.
    Result<Fetched> get_pieces(const S3Object& object, const net::BodySink& sink,
                               std::stop_token stop = {});
    Status put(const S3Object& object, const std::string& bytes, std::stop_token stop = {});
    // `digest` is that of the file; Conflict if the file changed since it was hashed: what is
    // stored afterwards is what was hashed, or nothing.
    Status put_file(const S3Object& object, const OpenFile& file, const Digest& digest,
                    std::stop_token stop = {});
    // Nothing: there is no such object.
    Result<std::optional<ObjectSize>> head(const S3Object& object, std::stop_token stop = {});
    // All keys that begin with object.key; TooLarge beyond count_max.
    Result<std::vector<ObjectSize>> list(const S3Object& object, std::size_t count_max,
                                         std::stop_token stop = {});

  private:
    struct Call {
        std::string method;
        std::string query; // encoded
        std::string payload_hash;
    };
    Result<net::Response> send(const Call& call, const S3Object& object, net::Request request,
                               std::stop_token stop);
    struct Parts {
        const OpenFile& file;
        Sha256 whole; // grows part by part
        std::string list;
    };
    Status put_parts(const S3Object& object, const OpenFile& file, const Digest& digest,
                     std::stop_token stop);
    Status put_each_part(const S3Object& object, const std::string& upload, Parts& parts,
                         std::stop_token stop);
    Result<std::string> put_part(const S3Object& object, const Call& call, Parts& parts,
                                 std::int64_t offset, std::stop_token stop);
    std::string url(const S3Object& object, const std::string& query) const;

    net::Http& http_;
    S3Options options_;
};

} // namespace pedigree::artifacts
