#pragma once
// Cluster: what the operator sees of the cluster without asking: the caches of its informers. May
// be behind: the Reconciler looks at the API server itself before it does anything. A plain struct
// in the simulation, which lets it lag.

#include <string>
#include <vector>

#include "k8s/object.h"
#include "records/names.h"

namespace pedigree::control {

inline constexpr k8s::ResourceType experiments{records::api_group, records::api_group_version,
                                               records::experiments_plural,
                                               records::experiment_kind};

class Cluster {
  public:
    virtual ~Cluster() = default;
    virtual k8s::Object experiment(const k8s::ObjectKey& key) const = 0; // nullptr: not there
    // By their controller references.
    virtual std::vector<k8s::Object> jobs_of(const std::string& experiment_uid) const = 0;
    virtual std::vector<k8s::Object> pods_of(const std::string& job_uid) const = 0;
    // By the label that holds its uid, those that no Job owns.
    virtual std::vector<k8s::Object> left_pods_of(const std::string& experiment_uid) const = 0;
    // By the label that names the Experiment, whatever became of their owner.
    virtual std::vector<k8s::Object> jobs_named(const k8s::ObjectKey& experiment) const = 0;
    // All training pods of all Experiments, for saying who holds the GPUs.
    virtual std::vector<k8s::Object> all_pods() const = 0;
};

} // namespace pedigree::control
