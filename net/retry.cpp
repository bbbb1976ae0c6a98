#include "net/retry.h"

#include <algorithm>

#include "base/ids.h"
#include "base/pause.h"

namespace pedigree::net {
namespace {

std::chrono::milliseconds asked_wait(const Result<Response>& outcome) {
    const auto asked = outcome ? retry_after(outcome->headers) : outcome.error().retry_after;
    return asked.value_or(std::chrono::milliseconds(0));
}

} // namespace

bool transient(const Result<Response>& outcome) {
    if (!outcome) {
        const auto code = outcome.error().code;
        return code == ErrorCode::Timeout || code == ErrorCode::Unavailable;
    }
    const int status = outcome->status;
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

Result<Response> retry(const std::function<Result<Response>()>& attempt,
                       const std::function<bool(const Result<Response>&)>& worth_repeating,
                       const RetryOptions& options, std::stop_token stop) {
    const auto end = std::chrono::steady_clock::now() + options.time_max;
    Backoff backoff(options.backoff);
    for (int tries = 1;; ++tries) {
        auto outcome = attempt();
        if (tries >= options.tries_max || stop.stop_requested() || !worth_repeating(outcome)) {
            return outcome;
        }
        const auto wait = std::max(backoff.next(random_unit()), asked_wait(outcome));
        if (std::chrono::steady_clock::now() + wait >= end || !pause_for(wait, stop)) {
            return outcome;
        }
    }
}

Result<Response> send_with_retry(Http& http, const Request& request, const RetryOptions& options,
                                 std::stop_token stop) {
    bool first = true;
    const auto attempt = [&]() -> Result<Response> {
        if (!first && request.body_source) {
            TRY(request.rewind());
        }
        first = false;
        return http.send(request, stop);
    };
    const auto worth_repeating = [&](const Result<Response>& outcome) {
        return transient(outcome) && (!request.body_source || request.rewind);
    };
    return retry(attempt, worth_repeating, options, stop);
}

} // namespace pedigree::net
