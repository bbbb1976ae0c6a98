#include "operator/start_up.h"

#include "base/ids.h"
#include "base/log.h"
#include "base/pause.h"

namespace pedigree::control {

Status wait_until_there(const Awaited& awaited, Readiness& readiness, std::stop_token stop) {
    Backoff backoff(awaited.backoff);
    const auto say = [&](std::string text) {
        if (awaited.meanwhile == Meanwhile::Noted) {
            readiness.note(awaited.what, std::move(text));
        } else if (!text.empty()) {
            readiness.waits(std::move(text));
        }
    };
    say("waiting for " + awaited.what);
    for (;;) {
        const Status outcome = awaited.action();
        if (outcome) {
            say("");
            return {};
        }
        const Error& error = outcome.error();
        if (stop.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped while waiting for " + awaited.what);
        }
        if (awaited.passing ? !awaited.passing(error) : !error.retryable()) {
            return tl::unexpected<Error>(Error(error).within(awaited.what));
        }
        say("waiting for " + awaited.what + ": " + error.message);
        log_warning("waiting for " + awaited.what, {{"error", error.message}});
        pause_for(backoff.next(random_unit()), stop);
    }
}

} // namespace pedigree::control
