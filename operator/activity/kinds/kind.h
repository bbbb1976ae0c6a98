#pragma once
// Kind: all that the operator knows of one kind of activity. A kind is one file of this folder, one
// line in kinds.cpp and one word in experiment/activity.h; the runner and everything else are
// generic. The functions are called on pool threads, each with its own Subject.

#include <cstdint>

#include "operator/activity/subject.h"

namespace pedigree::control {

// What an activity came to, for `remember`.
struct Done {
    const PendingActivity& activity;
    const Json& input; // of the order; null where the outcome was known
    const Json& outcome;
};

struct Kind {
    // What to do now. Errors as InputMaker::make says.
    Result<ActivityOrder> (*order)(const Subject& subject);
    // Given up this long after it was wanted.
    std::int64_t (*give_up_seconds)(const spec::DeadlinesSpec& deadlines);

    // It may be done by auxiliary Jobs: nobody waits for it once its Experiment has ended, and it
    // fails only when none of its Jobs runs any more.
    bool has_jobs = false;
    Result<ActivityOrder> (*order_after_jobs)(const Subject& subject,
                                              const ActivityOrder& order) = nullptr;
    // The outcome only says what is needed first: it is kept, and the next order rests on it.
    bool (*is_partial)(const Json& outcome) = [](const Json&) { return false; };

    // What later activities may learn from it, before its row says Succeeded.
    Status (*remember)(BuildMemory& memory, const Done& done) = [](BuildMemory&, const Done&) {
        return Status();
    };
};

const Kind& kind_of(experiment::ActivityKind kind);

} // namespace pedigree::control
