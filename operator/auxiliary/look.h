#pragma once
// One look at an auxiliary Job: makes it if it is not there, else says how far it is. Idempotent:
// the intent stands in PostgreSQL as the activity that wants it, and its nonce on the Job. Errors
// are the API server's, and leave everything as it was.

#include <string>
#include <variant>

#include "k8s/api.h"
#include "operator/auxiliary/job.h"
#include "records/work/work.h"

namespace pedigree::control {

inline constexpr k8s::ResourceType network_policies{"networking.k8s.io", "v1", "networkpolicies",
                                                    "NetworkPolicy"};

struct AuxiliaryRuns {
    std::string waiting; // what for; "" while it runs
};
struct AuxiliarySucceeded {
    bool image_unread = false; // which image its pod ran is not known: a gap of what it came to
};
// Infrastructure: the node's fault or the cluster's, worth another Job. Configuration: the code's.
using AuxiliaryLook = std::variant<AuxiliaryRuns, AuxiliarySucceeded, records::work::WorkFailure>;

// `pod` is null where none is seen. One that ran another image than was asked for, by its imageID,
// has come to nothing: Infrastructure, ImageDiffers. Pure.
AuxiliaryLook judge_auxiliary(const AuxiliaryDemand& demand, const Json& job, const Json& pod);

Result<AuxiliaryLook> look_at(k8s::Api& api, const AuxiliaryDemand& demand, Instant now);
// Those of an Experiment that still run are deleted with their pods; what is over stays for a look.
// The policies around them go when no pod is left that needs one. False: some are ending yet.
Result<bool> end_auxiliary_jobs(k8s::Api& api, const std::string& name_space,
                                const std::string& experiment_uid);
// What its pod printed. Unavailable if the pod is gone.
Result<std::string> log_of(k8s::Api& api, const AuxiliaryDemand& demand, std::size_t bytes_max);

} // namespace pedigree::control
