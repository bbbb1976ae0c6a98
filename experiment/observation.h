#pragma once
// Observation: everything decide() may know about one Experiment at one moment, gathered from the
// cache, the API server and PostgreSQL. Decision: what follows from it. Both are plain values, so a
// case of behaviour is a test without a cluster.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/metric_value.h"
#include "base/words.h"
#include "experiment/effect.h"
#include "experiment/history.h"
#include "pipeline/run/classify.h"
#include "pipeline/search/earlier.h"
#include "pipeline/search/search.h"
#include "pipeline/search/study.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::experiment {

// A value of the objective that a running script has logged.
struct ObjectivePoint {
    std::int64_t step = 0;
    MetricValue value;
};

// A completed trial, of whatever Experiment, that was the same as one that is to run.
struct ReusableTrial {
    std::string experiment_uid;
    std::int64_t trial = 0;
    MetricValue value;
};

// The Experiment's custom resource, as far as decisions need it.
struct Resource {
    std::string uid, name_space, name;
    std::int64_t generation = 0;
    bool has_finalizer = false;
    std::optional<Instant> deleting_since; // by our own clock, since it is known
    bool abandon_record =
        false; // annotation pedigree.dev/abandon-record: the way out of a stuck delete
    std::string requested_by; // annotation pedigree.dev/requested-by
    std::string triggered_by; // annotation pedigree.dev/triggered-by
    bool suspend = false;
    bool cancel = false;
    std::int64_t max_trials = 0, parallel_trials = 0; // as they stand in spec.search now; 0 without
    std::string status_json;                          // canonical; what is written now
};

struct JobSeen {
    std::string name, uid;
    std::string nonce;      // of the intent that it was created from, as it says; "": none
    bool claims_us = false; // it names the Experiment as its controller, as anybody may write
    bool labelled = true;   // as we made it: a cache shows it
    std::map<std::string, std::string> images; // that it asks for, by container
    bool has_finalizer = false;
    bool deleting = false;
    bool pods_follow = true; // deleted in a way that ends its pods before it
    bool finished = false;   // Complete or Failed
    std::string failed_reason;
};

struct PodSeen {
    std::string uid, name;
    std::string job_uid;  // its controller's, which anybody may have written; "": it has none
    bool labelled = true; // as its Job made it: a cache shows it
    run::PodFacts facts;
};

// What the API server last answered to the creation of a Job.
struct JobRefusal {
    Error error;
    std::int64_t tries = 0; // in a row, that ended so
    Instant again_at{};     // not tried before
};

// What the Job controller says of a pod that it may not create.
struct PodRefusal {
    std::string words;
    Instant since{};
};

// Something that only a person can mend, found before anything was started.
struct Problem {
    std::string reason, message;
};

// What a search's engine says of the events so far. It is asked while the observation is gathered
// (search/engine.h), so that a decision is a function of values.
struct SearchFacts {
    std::shared_ptr<const search::Trials> trials; // as the events leave them
    std::optional<search::Suggestion>
        suggestion;                  // the next trial, if one is wanted and there is one
    std::optional<Error> unreadable; // the events are not this study's
};

// A commit that was refused for good at this very look, by PostgreSQL or by our own bounds: the
// same change would be refused again, so another one has to follow (steps/refused.cpp).
struct RefusedCommit {
    Change change;
    std::string message; // clean (base/text.h)
};

struct Observation {
    Instant now{};
    std::string nonce; // random, another one in each observation: for an intent that is opened now
    // By name: the uid that the API server answered a Job's creation with, until a row has it.
    std::map<std::string, std::string> created_jobs;
    std::optional<Resource> resource;         // empty: the CR is gone, the history is not
    std::optional<spec::ExperimentSpec> spec; // effective and frozen once accepted
    std::optional<search::Study> study;       // of spec.search, with the maxTrials of now
    std::string earlier_searches; // those that a search which is about to be accepted learns from
    std::vector<search::EarlierStudy> earlier; // what they came to, once it was accepted
    std::optional<SearchFacts> search;         // what its engine says of the history's events
    std::string spec_json, spec_hash;          // of `spec`, to be frozen at acceptance
    std::vector<Problem> invalid;              // why `spec` is empty
    // Secrets: absent, without a key, without the host's annotation; inputs that may not be read.
    std::vector<Problem> missing;
    std::vector<std::string> warnings; // about Secrets; they stop nothing
    History history;
    std::vector<JobSeen> jobs;
    std::vector<PodSeen> pods;
    // The API server keeps others from writing what is ours on them; looked at while one begins.
    bool objects_protected = true;
    std::map<std::string, JobRefusal> job_refusals; // by the name of the Job that is not there
    std::map<std::string, PodRefusal> pod_refusals; // by the name of the Job that has no pod
    std::map<std::string, std::vector<ObjectivePoint>>
        objective_points;                           // by pod uid; ascending steps
    std::map<std::int64_t, ReusableTrial> reusable; // by the trial, not begun yet, that it answers
    std::vector<std::string> pod_image_digests;     // other names of the platform's podImage
    std::chrono::seconds keep_finished_pods{3600};
    std::optional<RefusedCommit> refused;
    std::string store_prefix; // of the keys of what its namespace keeps in the artifact store
    std::string gpu_holders;  // "2 of 2 in use by vision/resnet-7"; empty if not asked or none

    // Of the history, or of the resource where there is none.
    const std::string& uid() const {
        return history.experiment ? history.experiment->uid : resource->uid;
    }
    const std::string& name_space() const {
        return history.experiment ? history.experiment->name_space : resource->name_space;
    }
};

// An Experiment that was accepted: what every step behind acceptance rests on is there by type.
// Made by decide() alone; a view, which lives as long as what it was made of.
struct Accepted {
    const Observation& seen;
    const ExperimentRow& row;         // of seen.history
    const spec::ExperimentSpec& spec; // as it was frozen; an empty one, if it cannot be read

    operator const Observation&() const { return seen; }
};

enum class Phase {
    Pending,
    Resolving,
    Building,
    Queued,
    Running,
    Sealing,
    Suspended,
    Succeeded,
    Failed,
    Cancelled,
};
Words<Phase> words_of(Phase);

struct Decision {
    std::optional<Effect> effect; // at most one; then the key is looked at again at once
    std::optional<std::chrono::milliseconds> look_again; // with no effect: when, at the latest
    Phase phase = Phase::Pending;
    std::string reason, message;
};

// Pure: no clock, no I/O, no randomness. The order of its steps is the order of an Experiment's
// life (experiment/steps).
Decision decide(const Observation& observation);

} // namespace pedigree::experiment
