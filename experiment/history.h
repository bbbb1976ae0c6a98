#pragma once
// The operator's working rows: what has happened to one Experiment so far, as PostgreSQL keeps it.
// `History` is all of them together, read in one transaction; `Change` is what one step adds,
// written in one transaction together with its ledger events. Plain values, made and read by pure
// code.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/failure_class.h"
#include "base/metric_value.h"
#include "base/secret.h"
#include "base/words.h"
#include "experiment/activity.h"

namespace pedigree::experiment {

enum class Outcome { None, Succeeded, Failed, Cancelled };

struct ExperimentRow {
    std::string uid, name_space, name, project;
    std::string spec_json;    // frozen at acceptance: effective spec in canonical form
    std::string spec_hash;    // sha256:...
    std::string requested_by; // "" when not observed
    std::string triggered_by; // JSON, as the caller says; "": it says nothing
    Instant accepted_at{};

    // The one that its status named when the database did not know it: it was put back, and the ref
    // may have moved since. What is resolved is this; "": the ref.
    std::string told_commit;
    std::string commit, tree, lock_digest;        // after SourceResolved
    std::string image, image_digest, base_digest; // after ImageBuilt; image is host/repo@digest
    std::string image_config_digest;              // another name of the image; "": not known
    bool imports_checked = false; // the gate before the first trial was passed, and is recorded
    std::string tracker_experiment_id, parent_run_id; // after TrackerOpened

    Outcome outcome = Outcome::None;
    FailureClass failure_class = FailureClass::None;
    std::string reason, message;
    std::optional<Instant> finished_at;
    // Its deletion was first seen, by the operator's own clock, which goes on over restarts.
    std::optional<Instant> deleting_since;
    std::int64_t max_trials = 0;  // what the search goes to now; 0 without a search
    std::int64_t extensions = 0;  // how often maxTrials was changed
    std::string earlier_searches; // JSON: which ones it learns from; fixed at acceptance
    std::int64_t best_trial = 0;  // 0 while no trial has a value
    MetricValue best_value;

    bool tracker_closed = false; // the parent run was told the end
    bool released = false;       // nothing more to do but to delete old Jobs
};

// The stages of an attempt, each committed before the next effect.
enum class AttemptStage {
    Planned,  // intent written, Job may or may not exist
    Created,  // Job's uid known
    Started,  // pod's uid known: the attempt has an identity
    Ended,    // pod's end was read and classified
    Observed, // the recorder's bundle is in the ledger, or its loss is
    Told,     // the tracker was told the truth
    Released, // our finalizer is off the Job
    Deleted,  // the Job is gone
};

// Why a pod that could have gone on was stopped.
enum class StopReason {
    None,
    Deleted,      // its Experiment is being deleted
    Ended,        // its Experiment has ended
    Cancelled,    // spec.cancel
    Suspended,    // spec.suspend: it is not a failure, and what is resumed costs no retry
    EarlyStopped, // a rule of the search
};

// Whether the recorder of an attempt wrote the account that is recorded as its.
enum class RecordProof {
    None,      // not read yet, or there is none
    Signed,    // with the attempt's key, which nobody else has
    NoKey,     // the recorder never got one
    Contested, // more than one asked for the key: who signed is not known
    Unsigned,  // it has a key, and what the pod's status names as its account is not signed
};

struct AttemptRow {
    std::int64_t trial = 1;
    std::int64_t number = 1;
    AttemptStage stage = AttemptStage::Planned;
    std::string job_name, job_uid, pod_uid, pod_name, node_name;
    std::string memory; // quantity of this attempt; grows after OutOfMemory
    // Its keys in the artifact store begin with it; "": planned when the platform's own prefix was
    // what they began with.
    std::string store_prefix;
    FailureClass failure_class = FailureClass::None; // after Ended; None is success
    std::string reason, message;
    StopReason stop_reason = StopReason::None; // why we ended it, if we did
    std::int64_t exit_code = -1;
    bool trained = false;      // the user's command was started: there is evidence to collect
    std::string bundle_digest; // as the recorder's termination message says; "" if it said none
    RecordProof record_proof = RecordProof::None; // after Observed
    MetricValue objective; // of a search, from the record; empty if it has none
    std::optional<Instant> planned_at, started_at, ended_at;
    std::optional<Instant> placed_at; // its pod was seen on a node, by the operator's own clock
    std::string train_image, recorder_image; // digests of what ran; after Ended, "": not known
    std::string doubts;    // words of experiment/doubt.h, with commas; each is one of `gaps`
    std::int64_t gaps = 0; // noticed so far; what a trace tells of them: Recorded::gaps
    std::int64_t models = 0;

    // `platform`: the one that the operator is configured with, for attempts of before.
    const std::string& keys_begin_with(const std::string& platform) const {
        return store_prefix.empty() ? platform : store_prefix;
    }
};

enum class TrialState { Running, Completed, Stopped, Failed };

// A trial of a search. Without a search there is one trial, number 1, and no row.
struct TrialRow {
    std::int64_t number = 1;
    TrialState state = TrialState::Running;
    std::string parameters_json;   // what was proposed, canonical
    std::string reason_json;       // why
    std::int64_t repeats = 0;      // the trial whose parameters it evaluates once more; 0: none
    std::int64_t derived_from = 0; // the trial that ran out of memory before it; 0: none
    std::string fingerprint;       // sha256 of image, inputs, command, parameters and seed
    std::string reused_from;       // "<experiment uid>/<trial>" that answered it; "": it ran
    std::string stop_reason;       // the rule that stopped it early; "": none
    MetricValue value;             // the objective's; empty while there is none
    FailureClass failure_class = FailureClass::None; // after Failed
    std::string failure_reason, message;
    Instant proposed_at{};
    std::optional<Instant> ended_at;
};

enum class ActivityState { Wanted, Succeeded, Failed };

struct ActivityRow {
    ActivityKey key;
    std::string nonce; // random, of the wish: on the auxiliary Jobs that it makes
    ActivityState state = ActivityState::Wanted;
    std::string outcome_json;                        // after Succeeded
    FailureClass failure_class = FailureClass::None; // after a failed try; final with state Failed
    std::string reason, message;
    std::int64_t tries = 0;
    std::int64_t alike = 0; // how many of them, the last ones, failed for this reason
    Instant wanted_at{};
    std::optional<Instant> not_before; // back-off after an Infrastructure failure
    std::string progress;
};

// An external effect that is about to happen; written in the transaction before it.
struct IntentRow {
    std::string effect; // one of effect_names (effect.h)
    std::string target; // object name
    bool open = true;
    // Random, put on the object: what carries it was made from this intent, before a crash.
    std::string nonce = {};
};

// What the recorder of an attempt signs with. It lives as long as it is needed: from the first
// question for it until the account is recorded.
struct RecordKey {
    Secret key;
    bool contested = false; // somebody else asked for it, too
};

// What became of the records of an Experiment that has ended: committed with its rows, they are
// numbered a moment later, and only then are they in the graph.
struct Recorded {
    bool numbered = false;   // its last entry, and so all before it, stand in the ledger
    std::int64_t unread = 0; // entries with a part that could not be read
    // That a trace of the Experiment tells (lineage/trace.h), once all of it is in the graph.
    std::optional<std::int64_t> gaps{};
};

struct History {
    std::optional<ExperimentRow> experiment;
    Recorded recorded;
    std::vector<AttemptRow> attempts; // by trial, number
    std::vector<TrialRow> trials;     // of a search; number n at n - 1
    std::vector<std::string>
        search_events; // in order: lines of pipeline/search/document/event_json.h
    std::map<ActivityKey, ActivityRow> activities;
    std::vector<IntentRow> intents;               // open ones
    std::map<std::string, RecordKey> record_keys; // by pod uid, of attempts that have Ended

    const TrialRow* trial(std::int64_t number) const {
        return number >= 1 && number <= static_cast<std::int64_t>(trials.size())
                   ? &trials[static_cast<std::size_t>(number - 1)]
                   : nullptr;
    }
    const ActivityRow* activity(const ActivityKey& key) const {
        const auto found = activities.find(key);
        return found == activities.end() ? nullptr : &found->second;
    }
    // "" if it is not open.
    std::string nonce_of(std::string_view effect, std::string_view target) const;
};

// The ledger events of the operator; experiment/events makes each from the history after the
// change.
enum class RecordKind {
    ExperimentAccepted,
    SourceResolved,
    ImageBuilt,
    ImportsChecked,
    AttemptStarted,
    AttemptEnded,
    AttemptObserved,
    EvidenceLost,
    RunsTold,
    TrialProposed,
    TrialEnded,
    SearchExtended,
    ExperimentFinished,
};

struct Change {
    std::optional<ExperimentRow> experiment; // inserted or replaced
    std::vector<AttemptRow> attempts;        // inserted or replaced by (trial, number)
    std::vector<TrialRow> trials;            // inserted or replaced by number
    std::vector<std::string> search_events;  // appended to those that `search_events_before` counts
    std::int64_t search_events_before = 0;
    bool derive_best = false;        // `experiment` gets the best trial after these events first
    std::vector<ActivityKey> wanted; // activities to begin
    std::vector<IntentRow> intents;  // opened (open = true) or closed (open = false)
    std::vector<RecordKind> records;
    std::int64_t record_trial = 0; // the trial and the attempt that the records speak of; 0: none
    std::int64_t record_attempt = 0;
};

Words<Outcome> words_of(Outcome);
Words<AttemptStage> words_of(AttemptStage);
Words<StopReason> words_of(StopReason);   // None is ""
Words<RecordProof> words_of(RecordProof); // None is ""
Words<TrialState> words_of(TrialState);
Words<RecordKind> words_of(RecordKind);
Words<ActivityState> words_of(ActivityState);

// What the history is after the change: shared by the fake and by act(), which makes the events
// from it before the transaction.
History applied(History before, const Change& change, Instant now);

} // namespace pedigree::experiment
