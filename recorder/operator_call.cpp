#include "recorder/operator_call.h"

#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto call_time_max = 5s;
constexpr std::size_t token_bytes_max = 16 * 1024;

} // namespace

Result<net::Response> call_operator(net::Http& http, const Settings& settings,
                                    const OperatorCall& call, std::stop_token stop) {
    if (settings.config.operator_url.empty()) {
        return failure(ErrorCode::InvalidInput, "the pod's configuration names no operator");
    }
    // Read each time: the kubelet renews the token.
    TRY(std::string token, read_file(settings.places.operator_token(), token_bytes_max));
    token.erase(token.find_last_not_of(" \r\n") + 1);
    const Secret secret(std::move(token));
    redact_in_logs(secret);
    net::Request request;
    request.method = "POST";
    request.url = settings.config.operator_url + call.path;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Authorization", "Bearer " + secret.reveal());
    for (const auto& [name, value] : call.headers) {
        request.headers.set(name, value);
    }
    request.body = call.body;
    request.timeouts.total = call_time_max;
    request.timeouts.connect = call_time_max;
    TRY(auto answer, http.send(request, stop));
    if (!answer.ok()) {
        return tl::unexpected<Error>(net::status_error(answer, call.what));
    }
    return answer;
}

} // namespace pedigree::recorder
