#pragma once
// The effects: everything the operator does to the world, one at a time. Names, targets and intents
// are deterministic, so an effect that is repeated after a crash finds what it left. The crash
// tests visit each name: failpoint("effect.<name>") stands right behind it
// (operator/reconcile/act.cpp). Effects talk only to the API server and PostgreSQL; everything
// slower is an activity.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "experiment/history.h"

namespace pedigree::experiment {

// One transaction in PostgreSQL. `name` says which step it is: "accept", "resolved", "built" ...
struct CommitChange {
    std::string name;
    Change change;
};
// Puts pedigree.dev/record on the Experiment, before anything else exists for it.
struct AddFinalizer {};
// Takes it off: the record is committed or its deadline has passed.
struct RemoveFinalizer {};
// Two calls with a crash point each: the ConfigMap that the pod reads, then the Job.
struct CreateJob {
    std::string job_name;
};
// Removes that ConfigMap, then takes our finalizer off a Job whose record is committed.
struct ReleaseJob {
    std::string job_name, job_uid;
};
// Deletes a Job (suspend, cancel, expiry), with its pods, by uid.
struct DeleteJob {
    std::string job_name, job_uid;
};
// Deletes the pod of a Job that goes without it, by uid: nothing would stop its training.
struct DeletePod {
    std::string pod_name, pod_uid;
};
// Writes the projected status, and an Event when phase or reason changed.
struct WriteStatus {};

using Effect = std::variant<CommitChange, AddFinalizer, RemoveFinalizer, CreateJob, ReleaseJob,
                            DeleteJob, DeletePod, WriteStatus>;

// "commit.accept", "finalizer.add", "job.create" ...: the failpoint's and the metric's name.
std::string effect_name(const Effect& effect);

// Every name effect_name can give, and the first parts of CreateJob and ReleaseJob, in the order of
// an Experiment's life; the tests kill at each.
extern const std::vector<std::string> effect_names;

} // namespace pedigree::experiment
