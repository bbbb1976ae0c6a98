// The log of a finished attempt: segments in the artifact store, fetched by the worker one by one
// and passed on, so that the operator never holds more than one.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "operator/api/read_api.h"
#include "records/pod/bundle.h"

namespace pedigree::control {
namespace {

constexpr std::int64_t bundle_bytes_max = 16 * 1024 * 1024;

} // namespace

Result<std::string> ReadApi::object(const std::string& name_space, const std::string& key,
                                    std::int64_t bytes_max) const {
    const spec::Platform platform = parts_.configuration.effective(name_space);
    TRY(auto input, object_input(platform, parts_.credentials, key));
    input.bytes_max = bytes_max;
    const auto request = request_for(records::work::WorkKind::FetchObject, "read/" + key,
                                     call_seconds_max, platform);
    TRY(const auto answer,
        parts_.worker.run(request, records::work::to_json(input), [](const auto&) {}, {}));
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&answer)) {
        return failure(failed->reason == "NotFound" ? ErrorCode::NotFound : ErrorCode::Unavailable,
                       failed->message);
    }
    TRY(auto outcome, records::work::fetch_object_outcome_from(std::get<Json>(answer)));
    return std::move(outcome.bytes);
}

Status ReadApi::send_log(net::Exchange& exchange, const std::string& name_space,
                         const std::string& pod_uid, std::int64_t from) const {
    const std::string prefix = parts_.artifact_prefix(name_space);
    TRY(const std::string text,
        object(name_space, records::pod::bundle_key(prefix, pod_uid), bundle_bytes_max));
    TRY(const Json document, parse_json(text));
    TRY(const auto bundle, records::pod::bundle_from(document));
    net::Response head;
    head.status = 200;
    head.headers.add("Content-Type", "text/plain; charset=utf-8");
    TRY(exchange.start(head, std::nullopt));
    for (std::int64_t segment = 1; segment <= bundle.log.segments; ++segment) {
        const auto bytes = object(name_space, bundle.log.key + fmt::format("{:07}.out", segment),
                                  log_segment_bytes_max);
        if (!bytes) {
            return exchange.write(
                "\n[the rest of the log cannot be read: " + bytes.error().message + "]\n");
        }
        const auto size = static_cast<std::int64_t>(bytes->size());
        if (from < size) {
            TRY(exchange.write(std::string_view(*bytes).substr(static_cast<std::size_t>(from))));
        }
        from = std::max<std::int64_t>(0, from - size);
    }
    return {};
}

} // namespace pedigree::control
