#pragma once
// A step looks at an Observation and either says what happens now (a Decision) or lets the next
// step look (nullopt). decide() asks them in the order of an Experiment's life; each is one file.

#include <optional>

#include "base/error.h"
#include "experiment/observation.h"

namespace pedigree::experiment {

std::optional<Decision> stray_step(const Observation& observation);  // what no row knows
std::optional<Decision> remove_step(const Observation& observation); // the CR is being deleted
std::optional<Decision> lost_step(const Observation& observation);   // it had ended, once
std::optional<Decision> accept_step(const Observation& observation); // validated, frozen, recorded
std::optional<Decision> refused_step(const Accepted& accepted);      // the last commit, for good
std::optional<Decision> pin_step(const Accepted& accepted);     // the commit of before a restore
std::optional<Decision> attempt_step(const Accepted& accepted); // whatever an open attempt needs
std::optional<Decision> finish_step(const Accepted& accepted);  // an outcome and its aftermath
std::optional<Decision> settle_step(const Accepted& accepted);  // trials that have ended
std::optional<Decision> hold_step(const Accepted& accepted);    // cancel, suspend
std::optional<Decision> resolve_step(const Accepted& accepted); // branch -> commit, tree
std::optional<Decision> build_step(const Accepted& accepted);   // commit, lock -> image
std::optional<Decision> imports_step(const Accepted& accepted); // the gate before trials
std::optional<Decision> tracker_step(const Accepted& accepted); // the parent run
std::optional<Decision> launch_step(const Accepted& accepted);  // without a search: attempts
std::optional<Decision> extend_step(const Accepted& accepted);  // another maxTrials
std::optional<Decision> search_step(const Accepted& accepted);  // the next trial or attempt

constexpr const char* record_refused_reason = "RecordRefused";

// The ways a step ends.
Decision commit_now(std::string name, Change change, Phase phase);
Decision effect_now(Effect effect, Phase phase);
// Nothing to do until something changes or the time has passed.
Decision wait(Phase phase, std::string reason, std::string message,
              std::optional<std::chrono::milliseconds> look_again = std::nullopt);
// Two waits at once: the words of the one that is further, until the earlier of their times.
Decision both_waits(Decision left, Decision right);
// Trials that an end leaves without one of their own.
void close_trials(const Observation& observation, Change& change);
// The end: writes the outcome in one transaction with its record.
Decision finish_now(const Accepted& accepted, Outcome outcome, FailureClass failure_class,
                    std::string reason, std::string message);

// The attempts that are not over yet (before Released): at most one without a search.
std::vector<const AttemptRow*> open_attempts(const Observation& observation);
const AttemptRow* last_attempt(const Observation& observation);

// What an activity makes of a step: wanted (commit), waited for, failed for good, or done.
struct ActivityView {
    enum class Kind { Absent, Running, Failed, Done } kind = Kind::Absent;
    const ActivityRow* row = nullptr;
};
ActivityView view_activity(const Observation& observation, const ActivityKey& key);
// The work of a step that is nothing but one activity.
struct ActivityStep {
    ActivityKey key;
    std::string wish; // the name of the commit that wants it
    Phase phase;      // meanwhile
    std::string doing;
};
// What there is to do until it is done; nothing then.
std::optional<Decision> until_done(const Accepted& accepted, const ActivityStep& step);
// Waiting for an activity, with its progress, or why the last try failed and when the next comes.
Decision wait_for_activity(Phase phase, const ActivityRow& row, std::string doing);
// The activity failed for good: so does the Experiment.
Decision finish_after(const Accepted& accepted, const ActivityRow& row);
Decision finish_unreadable(const Accepted& accepted, const Error& error);

} // namespace pedigree::experiment
