#pragma once
// Told: what the status on the API server says of an Experiment's life, read before anything is
// begun: the database may have been lost, or put back to a state before it ended. The status is a
// projection, so it is never a reason to do something; but what it says has ended must not begin
// again. Pure.

#include <cstdint>
#include <string>

#include "base/json.h"
#include "experiment/observation.h"

namespace pedigree::experiment {

constexpr const char* history_lost_reason = "HistoryLost";

struct Told {
    bool accepted = false;     // it names the frozen spec's hash
    std::int64_t revision = 0; // revision_of() when it was written
    Phase phase = Phase::Pending;
    std::string commit; // of its source; "" before it was resolved
    bool ended() const {
        return accepted &&
               (phase == Phase::Succeeded || phase == Phase::Failed || phase == Phase::Cancelled);
    }
};
Told told_by(const std::string& status_json);

// Rises with each end and with each extension of a search after one, and never falls.
std::int64_t revision_of(const ExperimentRow& row);

// It had ended, and the history does not know that end.
bool is_history_lost(const Observation& observation);

// The commit with which it goes on: its status names one, which the history does not know (any
// more). "": there is none, or the history knows.
std::string commit_to_pin(const Observation& observation);

// The status of one whose history is lost: what was known stays, and what is missing is said.
Json status_while_history_lost(Json status, const Decision& decision, std::int64_t generation,
                               Instant now);

} // namespace pedigree::experiment
