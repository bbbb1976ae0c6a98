#pragma once
// What an open attempt needs, by stage: each function is one stage's decision, in the order in
// which an attempt lives. attempt_step() chooses.

#include "experiment/steps/step.h"

namespace pedigree::experiment {

Decision create_attempt(const Accepted& accepted, const AttemptRow& attempt);
Decision await_pod(const Accepted& accepted, const AttemptRow& attempt);
Decision await_end(const Accepted& accepted, const AttemptRow& attempt);
Decision collect_record(const Accepted& accepted, const AttemptRow& attempt);
// Its evidence cannot be had, or cannot be recorded: the attempt goes on without, and says so.
Decision record_lost(const Accepted& accepted, AttemptRow attempt, const std::string& why);
// Its evidence was refused for good: training once more would be refused again.
Decision record_refused(const Accepted& accepted, AttemptRow attempt, const std::string& why);
Decision tell_tracker(const Accepted& accepted, const AttemptRow& attempt);
Decision release_job(const Observation& observation, const AttemptRow& attempt);

// The attempt's own Job: by the uid that its creation was answered with; after a crash in between
// by the nonce of its intent. Never by name, label or owner, which others can write.
const JobSeen* job_of(const Observation& observation, const AttemptRow& attempt);
// Whether it is that, of a Job under the attempt's name.
bool is_own_job(const Observation& observation, const AttemptRow& attempt, const JobSeen& job);
// Another one under its name.
const JobSeen* foreign_job_of(const Observation& observation, const AttemptRow& attempt);
// The attempt's pod: by its uid once it was seen, before that by its Job's.
const PodSeen* pod_of(const Observation& observation, const AttemptRow& attempt);
// Another one of its Job that lives.
const PodSeen* second_pod_of(const Observation& observation, const AttemptRow& attempt);
// Its Job was deleted in a way that leaves the pod to itself; nothing, unless a pod lives that
// nobody has ended yet: it would train on, and what it holds would be held.
std::optional<Decision> end_left_pod(const JobSeen* job, const PodSeen* pod, Phase phase);
// It should be there, or is not to come any more, and none is seen.
bool pod_missed(const Observation& observation, const AttemptRow& attempt);

// Why a running attempt has to be stopped now; empty if it may go on.
struct Stop {
    StopReason reason = StopReason::None;
    std::string message;
};
std::optional<Stop> stop_wanted(const Accepted& accepted); // of all attempts
std::optional<Stop> stop_wanted(const Accepted& accepted, const AttemptRow& attempt);

// An instant that a node's clock gave, which may be hours away from ours: not before the attempt
// was planned, nor after now. Pauses and deletions are counted from it.
Instant believable(const AttemptRow& attempt, Instant told, const Accepted& accepted);

Decision commit_attempt(std::string name, AttemptRow attempt, std::vector<RecordKind> records,
                        Phase phase);

} // namespace pedigree::experiment
