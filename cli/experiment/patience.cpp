#include "cli/experiment/patience.h"

#include <fmt/format.h>

#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::steady_clock;

} // namespace

Patience::Patience(const Cluster& cluster, Terminal& terminal)
    : cluster_(cluster), terminal_(terminal) {}

void Patience::answered() {
    if (silent_since_) {
        terminal_.err << "-- the API server answers again\n" << std::flush;
        silent_since_.reset();
    }
}

Status Patience::bear(const Error& error) {
    if (!error.retryable()) {
        return tl::unexpected(error);
    }
    const auto now = steady_clock::now();
    if (!silent_since_) {
        silent_since_ = now;
        terminal_.err << fmt::format("-- no answer, asking again for {}: {}\n",
                                     age_text(duration_cast<seconds>(cluster_.silence_max)),
                                     printable(error.message))
                      << std::flush;
    }
    if (now - *silent_since_ < cluster_.silence_max) {
        return {};
    }
    return failure(ErrorCode::Unavailable,
                   fmt::format("the API server did not answer for {}: {}",
                               age_text(duration_cast<seconds>(cluster_.silence_max)),
                               error.message));
}

} // namespace pedigree::cli
