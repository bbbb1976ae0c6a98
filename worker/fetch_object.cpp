// Small objects of the artifact store: read, and the platform's own written.

#include <fmt/format.h>

#include "artifacts/s3.h"
#include "net/http_client.h"
#include "worker/work.h"

namespace pedigree::worker {
namespace {

net::HttpClientOptions client_options(const WorkPlace& place) {
    net::HttpClientOptions client;
    client.egress = place.egress.function();
    return client;
}

artifacts::S3Options options_of(const records::work::FetchObjectInput& input) {
    artifacts::S3Options options;
    options.endpoint = input.endpoint;
    options.region = input.region.empty() ? options.region : input.region;
    options.credentials.access_key = input.access_key_id;
    options.credentials.secret_key = input.secret_access_key;
    return options;
}

} // namespace

Result<records::work::FetchObjectOutcome> fetch_object(const records::work::FetchObjectInput& input,
                                                       const WorkPlace& place) {
    net::HttpClient http(client_options(place));
    artifacts::S3Client store(http, options_of(input));
    const artifacts::S3Object object{input.bucket, input.key};
    TRY(std::string bytes, store.get(object, static_cast<std::size_t>(input.bytes_max)));
    if (!input.digest.empty() && sha256(bytes).text() != input.digest) {
        return failure(ErrorCode::Corrupt, "DigestMismatch",
                       fmt::format("{} has other bytes than {}", object.text(), input.digest));
    }
    return records::work::FetchObjectOutcome{std::move(bytes)};
}

Result<records::work::FetchObjectOutcome> fetch_part(const records::work::FetchPartInput& input,
                                                     const WorkPlace& place) {
    net::HttpClient http(client_options(place));
    artifacts::S3Client store(http, options_of(input.object));
    TRY(std::string bytes, store.get_range({input.object.bucket, input.object.key}, input.from,
                                           static_cast<std::size_t>(input.object.bytes_max)));
    return records::work::FetchObjectOutcome{std::move(bytes)};
}

Result<records::work::PutObjectOutcome> put_object(const records::work::PutObjectInput& input,
                                                   const WorkPlace& place) {
    net::HttpClient http(client_options(place));
    artifacts::S3Client store(http, options_of(input.place));
    TRY(store.put({input.place.bucket, input.place.key}, input.bytes));
    return records::work::PutObjectOutcome{};
}

} // namespace pedigree::worker
