#include "recorder/fetch.h"

#include <fstream>
#include <limits>
#include <system_error>

#include "artifacts/credentials.h"
#include "artifacts/transfer.h"
#include "net/redirect.h"
#include "net/url.h"
#include "recorder/fetch_volume.h"
#include "recorder/store.h"
#include "recorder/upstream.h"
#include "records/pod/paths.h"
#include "trackers/mlflow/server.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;
namespace pod = records::pod;
using namespace std::chrono_literals;

constexpr auto idle_time_max = 60s;
net::RetryOptions patience(const Settings& settings) {
    return {{.first = 500ms, .ceiling = 10000ms},
            std::numeric_limits<int>::max(),
            std::chrono::seconds(settings.config.prepare_seconds)};
}

Arrived arrived(const artifacts::Manifest& manifest) {
    return {manifest.digest(), manifest.bytes(), static_cast<std::int64_t>(manifest.files.size())};
}

Result<std::string> file_name(const std::string& path) {
    TRY(std::string name, net::percent_decode(path.substr(path.rfind('/') + 1)));
    TRY(artifacts::check_manifest_path(name));
    return name;
}

// The platform's credential opens every namespace's keys: it reads for its own alone. The operator
// has asked this before (pipeline/plan/input_right.h).
Status check_is_of_namespace(const artifacts::S3Object& object, const pod::PodConfig& config) {
    const std::string& prefix = config.input_prefix;
    const bool below = !prefix.empty() && object.bucket == config.artifact_store.bucket &&
                       object.key.starts_with(prefix);
    return below ? Status()
                 : failure(ErrorCode::Forbidden, "InputNotOfNamespace",
                           object.text() + " does not lie below s3://" +
                               config.artifact_store.bucket + "/" + prefix +
                               ", and an input without a Secret of your own reads nothing else; "
                               "put it there, or name one in inputs[].secretName (E0175)");
}

Result<Arrived> fetch_s3(net::Http& http, const Settings& settings, const pod::PodInput& input,
                         const fs::path& folder, std::stop_token stop) {
    TRY(const auto object, artifacts::parse_s3_uri(input.uri));
    pod::ObjectStore from = settings.config.artifact_store;
    if (!input.credentials_directory.empty() &&
        input.credentials_directory != from.credentials_directory) {
        from.credentials_directory = input.credentials_directory;
    } else {
        TRY(check_is_of_namespace(object, settings.config));
    }
    TRY(auto options, store_options(from, settings.places));
    options.retry = patience(settings);
    artifacts::S3Client store(http, options);
    if (object.key.ends_with('/')) {
        TRY(const auto manifest, artifacts::download_prefix(store, object, folder, stop));
        return arrived(manifest);
    }
    TRY(const std::string name, file_name(net::percent_encode(object.key, "/")));
    TRY(const auto fetched, store.get_file(object, folder / name, stop));
    return Arrived{fetched.digest, fetched.bytes, 1};
}

Result<Arrived> fetch_https(net::Http& http, const Settings& settings, const pod::PodInput& input,
                            const fs::path& folder, std::stop_token stop) {
    TRY(const net::Url url, net::parse_url(input.uri));
    TRY(const std::string name, file_name(url.path));
    net::Request request;
    request.url = input.uri;
    request.timeouts.total = 0ms;
    request.timeouts.idle = idle_time_max;
    const bool anonymous = input.credentials_directory.empty();
    if (!anonymous) {
        TRY(const auto target,
            read_tracker_target(input.uri, "", settings.places.at(input.credentials_directory)));
        trackers::mlflow::add_credentials(request.headers, target);
    }
    Sha256 hash;
    std::int64_t bytes = 0;
    std::ofstream out;
    const auto attempt = [&]() -> Result<net::Response> {
        out = std::ofstream(folder / name, std::ios::binary | std::ios::trunc);
        hash = Sha256();
        bytes = 0;
        return anonymous ? net::send_following_redirects(http, request, stop)
                         : http.send(request, stop);
    };
    request.sink = [&](std::string_view piece) -> Status {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.update(piece);
        bytes += static_cast<std::int64_t>(piece.size());
        return out ? Status() : failure(ErrorCode::TooLarge, "the inputs' volume is full");
    };
    TRY(const auto response, net::retry(attempt, net::transient, patience(settings), stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(net::status_error(response, "GET " + url.host + url.path));
    }
    return Arrived{hash.finish(), bytes, 1};
}

Result<Arrived> bring(net::Http& http, const Settings& settings, const pod::PodInput& input,
                      const fs::path& place, std::stop_token stop) {
    std::error_code problem;
    fs::create_directories(place, problem);
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot make " + place.string() + ": " + problem.message());
    }
    if (input.uri.starts_with(volume_scheme)) {
        return fetch_volume(settings, input, place, stop);
    }
    return input.uri.starts_with("s3://") ? fetch_s3(http, settings, input, place, stop)
                                          : fetch_https(http, settings, input, place, stop);
}

std::string reason_of(const Error& error) {
    if (!error.reason.empty()) {
        return error.reason;
    }
    switch (error.code) {
    case ErrorCode::NotFound:
        return error.message.find("has no key") != std::string::npos ? "SecretKeyMissing"
                                                                     : "InputNotFound";
    case ErrorCode::Forbidden:
    case ErrorCode::Unauthorized:
        return "InputForbidden";
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
    case ErrorCode::TooMany:
    case ErrorCode::Cancelled:
        return "InputUnreachable";
    default:
        return "InputInvalid";
    }
}

} // namespace

Result<pod::ObservedInput> fetch_input(net::Http& http, const Settings& settings,
                                       const pod::PodInput& input, std::stop_token stop) {
    const fs::path place = settings.places.at(input.directory);
    TRY(const Digest wanted, Digest::parse(input.digest));
    const auto found = bring(http, settings, input, place, stop);
    if (!found) {
        Error error = found.error();
        error.reason = reason_of(error);
        return tl::unexpected<Error>(std::move(error).within("input " + input.name));
    }
    if (found->digest != wanted) {
        std::error_code ignored;
        fs::remove_all(place, ignored);
        return failure(ErrorCode::Corrupt, "DigestMismatch",
                       "input " + input.name + ": " + input.uri + " has the digest " +
                           found->digest.text() + ", the spec says " + input.digest +
                           "; the data changed, or inputs[].digest is wrong");
    }
    return pod::ObservedInput{input.name, found->digest.text(), found->bytes, found->files};
}

} // namespace pedigree::recorder
