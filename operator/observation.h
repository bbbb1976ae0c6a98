#pragma once
// Observation: everything decide() may know about one Experiment at one moment, gathered from the
// cache, the API server and PostgreSQL. Decision: what follows from it. Both are plain values, so a
// case of behaviour is a test without a cluster.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "operator/effect.h"
#include "operator/state/rows.h"
#include "pipeline/run/pod_facts.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::control {

// The Experiment's custom resource, as far as decisions need it.
struct Resource {
    std::string uid, name_space, name;
    std::int64_t generation = 0;
    bool deleting = false;
    std::optional<Instant> deleting_since;
    bool has_finalizer = false;
    bool escape = false;      // annotation pedigree.dev/abandon-record: "true"
    std::string requested_by; // annotation pedigree.dev/requested-by
    bool suspend = false;
    bool cancel = false;
    Json* status = nullptr;
};

struct JobSeen {
    std::string name, uid;
    bool ours = false; // owner uid and labels are this Experiment's
    bool has_finalizer = false;
    bool deleting = false;
    bool finished = false; // Complete or Failed
    std::string failed_reason;
};

struct PodSeen {
    std::string uid, name, job_uid;
    run::PodFacts facts;
};

} // namespace pedigree::control
