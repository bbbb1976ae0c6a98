// What follows when a commit was refused for good. Repeating it would be refused again, so less is
// asked each time: an attempt goes on without its evidence; the Experiment ends; and if not even
// that can be written, it is said in the status, which rests on no row, until somebody acts.

#include <algorithm>

#include "experiment/steps/attempt.h"

namespace pedigree::experiment {
namespace {

// The refusal may have been about the database (a constraint of a newer version, a limit since
// raised), so it is tried again, seldom.
constexpr std::chrono::minutes refused_look_every{10};

bool holds(const Change& change, RecordKind kind) {
    return std::find(change.records.begin(), change.records.end(), kind) != change.records.end();
}

const AttemptRow* observed_attempt(const Accepted& accepted, const Change& change) {
    if (!holds(change, RecordKind::AttemptObserved)) {
        return nullptr;
    }
    for (const AttemptRow& attempt : accepted.seen.history.attempts) {
        if (attempt.trial == change.record_trial && attempt.number == change.record_attempt) {
            return &attempt;
        }
    }
    return nullptr;
}

bool is_our_own_end(const Change& change) {
    return change.experiment && change.experiment->reason == record_refused_reason;
}

} // namespace

std::optional<Decision> refused_step(const Accepted& accepted) {
    if (!accepted.seen.refused) {
        return std::nullopt;
    }
    const auto& [change, message] = *accepted.seen.refused;
    if (const AttemptRow* attempt = observed_attempt(accepted, change)) {
        return record_refused(accepted, *attempt, message);
    }
    if (accepted.row.outcome == Outcome::None && !is_our_own_end(change)) {
        return finish_now(accepted, Outcome::Failed, FailureClass::Infrastructure,
                          record_refused_reason, "what happened " + message);
    }
    return wait(Phase::Sealing, record_refused_reason,
                "what happened " + message +
                    "; delete the Experiment with the annotation pedigree.dev/abandon-record "
                    "to give its record up",
                refused_look_every);
}

} // namespace pedigree::experiment
