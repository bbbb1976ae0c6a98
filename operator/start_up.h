#pragma once
// wait_until_there: what the process needs of others at its start, and again when it begins to lead
// (API server, PostgreSQL, the worker's socket), may still be starting, or be away for a while.
// That is waited for here, with the reason in /readyz and in the log, instead of by an exit, after
// which the kubelet would keep the process away for minutes.

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "base/backoff.h"
#include "base/result.h"
#include "operator/api/readiness.h"

namespace pedigree::control {

// Unready: until it is there, nothing is served. Noted: the process serves all the same.
enum class Meanwhile { Unready, Noted };

struct Awaited {
    std::string what; // "PostgreSQL"
    std::function<Status()> action;
    // Errors that time may mend; others end the waiting at once with themselves. Not given:
    // retryable ones (base/error.h).
    std::function<bool(const Error&)> passing = {};
    BackoffOptions backoff{.first = std::chrono::milliseconds(500),
                           .ceiling = std::chrono::milliseconds(10000)};
    Meanwhile meanwhile = Meanwhile::Unready;
};

// Cancelled: stopped before it was there.
Status wait_until_there(const Awaited& awaited, Readiness& readiness, std::stop_token stop);

} // namespace pedigree::control
