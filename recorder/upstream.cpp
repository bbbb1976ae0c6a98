#include "recorder/upstream.h"

#include <array>
#include <limits>

#include "artifacts/credentials.h"
#include "net/retry.h"
#include "trackers/mlflow/server.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto credentials_age_max = 5s;
constexpr auto small_call_time_max = 30s;
constexpr std::array<std::string_view, 4> request_fields{"Content-Type", "Accept", "User-Agent",
                                                         "Range"};
constexpr std::array<std::string_view, 5> response_fields{"Content-Type", "Content-Disposition",
                                                          "Content-Range", "ETag", "Retry-After"};

} // namespace

Result<records::work::TrackerTarget> read_tracker_target(const std::string& url,
                                                         const std::string& ca_pem,
                                                         const std::filesystem::path& folder) {
    records::work::TrackerTarget target{url, {}, {}, ca_pem};
    if (folder.empty()) {
        return target;
    }
    TRY(auto username, artifacts::read_secret_key(folder, "username"));
    TRY(auto password, artifacts::read_secret_key(folder, "password"));
    TRY(auto token, artifacts::read_secret_key(folder, "token"));
    if (username && password) {
        target.basic = {username->reveal(), *password};
    } else if (token) {
        target.token = *token;
    } else {
        return failure(ErrorCode::NotFound, "SecretKeyMissing",
                       "Secret " + folder.filename().string() +
                           " (trackers.mlflow.secretName) has neither username and password nor "
                           "token");
    }
    return target;
}

bool away_status(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

bool away(const Result<net::Response>& outcome) {
    if (!outcome) {
        return outcome.error().code == ErrorCode::Unavailable ||
               outcome.error().code == ErrorCode::Timeout;
    }
    return away_status(outcome->status);
}

net::Response passed_on(const net::Response& response) {
    net::Response out{response.status, {}, response.body};
    for (const auto field : response_fields) {
        if (const auto value = response.headers.find(field)) {
            out.headers.add(std::string(field), std::string(*value));
        }
    }
    return out;
}

Upstream::Upstream(net::Http& http, std::string url, std::filesystem::path credentials)
    : http_(http), url_(url.erase(url.find_last_not_of('/') + 1)),
      credentials_(std::move(credentials)) {}

net::Request Upstream::request(const std::string& method, const std::string& target) const {
    net::Request request;
    request.method = method;
    request.url = url_ + target;
    request.timeouts.total = small_call_time_max;
    return request;
}

net::Request Upstream::request(const net::ServerRequest& from) const {
    return request(from, from.target);
}

net::Request Upstream::request(const net::ServerRequest& from, const std::string& target) const {
    net::Request to = request(from.method, target);
    for (const auto field : request_fields) {
        if (const auto value = from.headers.find(field)) {
            to.headers.add(std::string(field), std::string(*value));
        }
    }
    return to;
}

Result<records::work::TrackerTarget> Upstream::target() {
    auto known = known_.lock();
    const auto now = std::chrono::steady_clock::now();
    if (known->target.url.empty() || now - known->read_at > credentials_age_max) {
        TRY(known->target, read_tracker_target(url_, "", credentials_));
        known->read_at = now;
    }
    return known->target;
}

Result<net::Response> Upstream::send(net::Request request, std::stop_token stop) {
    TRY(const auto target, target());
    trackers::mlflow::add_credentials(request.headers, target);
    return http_.send(request, stop);
}

Result<net::Response> Upstream::send_patiently(const net::Request& request, std::stop_token stop) {
    const net::RetryOptions patience{
        {.first = 200ms, .ceiling = 3000ms}, std::numeric_limits<int>::max(), give_up_after};
    return net::retry([&] { return send(request, stop); }, away, patience, stop);
}

} // namespace pedigree::recorder
