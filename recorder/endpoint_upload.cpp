// Artifacts on their way up: hashed piece by piece, never held.

#include <limits>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "net/retry.h"
#include "recorder/endpoint.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto upload_idle_max = 120s;

} // namespace

Status Endpoint::upload(net::Exchange& exchange, const Match& match) {
    const std::string& path = match.subject;
    if (exchange.request().target.find('?') != std::string::npos) {
        return answer_error(exchange, 400, "INVALID_PARAMETER_VALUE",
                            "a '?' in an artifact's name is lost by MLflow's client, which does "
                            "not encode it; rename the file");
    }
    TRY(const std::string owner, parts_.ownership.owner_of_artifact(path, exchange.stop()));
    if (owner.empty()) {
        parts_.notebook.count("refused");
        return refuse(exchange, "artifact path " + path + " belongs to no run of this Experiment");
    }
    net::Request request = parts_.upstream.request(exchange.request(), target_of(match));
    request.timeouts.total = 0ms;
    request.timeouts.idle = upload_idle_max;
    Sha256 hash;
    std::int64_t bytes = 0;
    request.body_source_bytes = exchange.request().body_bytes;
    request.body_source = [&](std::span<char> buffer) -> Result<std::size_t> {
        TRY(const std::size_t count, exchange.read(buffer));
        hash.update(std::string_view(buffer.data(), count));
        bytes += static_cast<std::int64_t>(count);
        return count;
    };
    // Once a byte of the body is gone it cannot be sent again: then the script's SDK repeats it.
    const net::RetryOptions patience{
        {.first = 200ms, .ceiling = 3000ms}, std::numeric_limits<int>::max(), give_up_after};
    const auto outcome =
        net::retry([&] { return parts_.upstream.send(request, exchange.stop()); },
                   [&](const Result<net::Response>& sent) { return bytes == 0 && away(sent); },
                   patience, exchange.stop());
    if (!outcome) {
        return tl::unexpected<Error>(outcome.error());
    }
    if (outcome->ok()) {
        parts_.notebook.note(upload_note(path, {hash.finish().text(), bytes}));
    }
    parts_.notebook.count("forwarded");
    return exchange.send(passed_on(*outcome));
}

Status Endpoint::upload_in_parts(net::Exchange& exchange, const Match& match) {
    TRY(const std::string owner,
        parts_.ownership.owner_of_artifact(match.subject, exchange.stop()));
    if (owner.empty()) {
        parts_.notebook.count("refused");
        return refuse(exchange,
                      "artifact path " + match.subject + " belongs to no run of this Experiment");
    }
    TRY(const auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    TRY(const auto answer, forward(exchange, match, *body));
    if (answer && match.call.starts_with("mpu/complete/")) {
        parts_.notebook.note(
            gap_note("NotSeenByRecorder", match.subject + " was uploaded in parts straight to the "
                                                          "artifact store: not hashed on its way"));
    }
    return {};
}

} // namespace pedigree::recorder
