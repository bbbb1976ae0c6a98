// The log of a finished attempt: segments in the artifact store, fetched by the worker one by one
// and passed on, each when the reader has taken the one before (Exchange::in_steps). So the
// operator never holds more than one of them for a reader, and no thread while the reader is slow.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "operator/api/answer.h"
#include "operator/api/read_api.h"
#include "records/pod/bundle.h"
#include "records/pod/paths.h"
#include "records/work/object_part.h"

namespace pedigree::control {
namespace {

constexpr std::int64_t bundle_bytes_max = 16 * 1024 * 1024;

} // namespace

// What one reader has been given, and what comes next.
struct ReadApi::LogReading {
    const ReadApi& api;
    std::string name_space;
    RecordPlace place;
    std::int64_t from = 0;     // bytes that are still to be passed over
    std::int64_t segment = 0;  // that was given last; 0: the answer has not begun
    std::int64_t segments = 0; // that there are

    bool step(net::Exchange& exchange) {
        const auto more = segment == 0 ? begin(exchange) : give(exchange);
        if (!more && segment == 0) {
            send_error(exchange, more.error());
        }
        return more.value_or(false);
    }

  private:
    Result<bool> begin(net::Exchange& exchange) {
        const std::string key = records::pod::bundle_key(place.prefix, place.pod_uid);
        TRY(const std::string text, api.object(name_space, key, bundle_bytes_max));
        TRY(const Json document, parse_json(text));
        TRY(const auto bundle, records::pod::bundle_from(document));
        segments = bundle.log.segments;
        net::Response head;
        head.status = 200;
        head.headers.add("Content-Type", "text/plain; charset=utf-8");
        TRY(exchange.start(head, std::nullopt));
        segment = 1;
        return segments > 0;
    }

    // Where the log lies follows from the attempt's row: the bundle, which the user's pod wrote,
    // may not point at another's.
    Result<bool> give(net::Exchange& exchange) {
        const std::string key =
            records::pod::log_key(place.prefix, place.pod_uid) + fmt::format("{:07}.out", segment);
        const auto bytes = api.object(name_space, key, log_segment_bytes_max);
        if (!bytes) {
            TRY(exchange.write("\n[the rest of the log cannot be read: " + bytes.error().message +
                               "]\n"));
            return false;
        }
        const auto size = static_cast<std::int64_t>(bytes->size());
        if (from < size) {
            TRY(exchange.write(std::string_view(*bytes).substr(static_cast<std::size_t>(from))));
        }
        from = std::max<std::int64_t>(0, from - size);
        return ++segment <= segments;
    }
};

Result<std::string> ReadApi::object(const std::string& name_space, const std::string& key,
                                    std::int64_t bytes_max) const {
    const spec::Platform platform = parts_.configuration.effective(name_space);
    TRY(auto input, object_input(platform, parts_.credentials, key));
    input.bytes_max = bytes_max;
    return fetched(platform, key, records::work::to_json(input));
}

Result<std::string> ReadApi::object_part(const std::string& name_space, const std::string& key,
                                         std::int64_t from, std::int64_t bytes_max) const {
    const spec::Platform platform = parts_.configuration.effective(name_space);
    records::work::FetchPartInput input;
    TRY(input.object, object_input(platform, parts_.credentials, key));
    input.object.bytes_max = bytes_max;
    input.from = from;
    return fetched(platform, key, records::work::to_json(input));
}

Result<std::string> ReadApi::fetched(const spec::Platform& platform, const std::string& key,
                                     const Json& input) const {
    const auto request = request_for(records::work::WorkKind::FetchObject, "read/" + key,
                                     call_seconds_max, platform);
    TRY(const auto answer, parts_.worker.run(request, input, [](const auto&) {}, {}));
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&answer)) {
        return failure(failed->reason == "NotFound" ? ErrorCode::NotFound : ErrorCode::Unavailable,
                       failed->message);
    }
    TRY(auto outcome, records::work::fetch_object_outcome_from(std::get<Json>(answer)));
    return std::move(outcome.bytes);
}

void ReadApi::send_log(net::Exchange& exchange, const std::string& name_space, RecordPlace place,
                       std::int64_t from) const {
    LogReading reading{
        .api = *this, .name_space = name_space, .place = std::move(place), .from = from};
    exchange.in_steps([reading = std::move(reading)](net::Exchange& later) mutable {
        return reading.step(later);
    });
}

} // namespace pedigree::control
