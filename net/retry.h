#pragma once
// Repeating a call that may succeed later: with growing waits, honouring Retry-After, bounded in
// tries and time, ended at once by a stop token. Which outcomes are worth it is the caller's
// predicate; `transient` fits requests that may be sent twice (GET, PUT, DELETE, and POSTs with an
// idempotency of their own).

#include <chrono>
#include <functional>
#include <stop_token>

#include "base/backoff.h"
#include "net/http.h"

namespace pedigree::net {

struct RetryOptions {
    BackoffOptions backoff{};
    int tries_max = 5;
    std::chrono::milliseconds time_max{60000}; // no wait begins that would end later
};

// No answer (Timeout, Unavailable), 429, 500, 502, 503 or 504.
bool transient(const Result<Response>& outcome);

// Calls `attempt` until the predicate is false or a limit is met; gives the last outcome.
Result<Response> retry(const std::function<Result<Response>()>& attempt,
                       const std::function<bool(const Result<Response>&)>& worth_repeating,
                       const RetryOptions& options, std::stop_token stop);

// send() repeated while the outcome is transient. A request with a body source needs its rewind.
Result<Response> send_with_retry(Http& http, const Request& request, const RetryOptions& options,
                                 std::stop_token stop);

} // namespace pedigree::net
