#pragma once
// Caches: the informers behind Cluster, and what their news mean for the work queue: an
// Experiment's key for its own changes, its Jobs' and its pods'. Threads: watch-experiments,
// watch-jobs, watch-pods.

#include <functional>
#include <map>
#include <string>

#include "k8s/informer.h"
#include "k8s/work_queue.h"
#include "operator/reconcile/cluster.h"

namespace pedigree::control {

class Caches final : public Cluster {
  public:
    // `gone` is told of Experiments that were deleted, whose history may still be open.
    Caches(k8s::Api& api, k8s::WorkQueue& queue, std::function<void(const k8s::Object&)> gone);

    void start();
    Status wait_until_synced(std::chrono::milliseconds limit, std::stop_token stop) const;
    void enqueue_all() const; // after taking leadership

    k8s::Object experiment(const k8s::ObjectKey& key) const override;
    std::vector<k8s::Object> jobs_of(const std::string& experiment_uid) const override;
    std::vector<k8s::Object> pods_of(const std::string& job_uid) const override;
    std::vector<k8s::Object> left_pods_of(const std::string& experiment_uid) const override;
    std::vector<k8s::Object> jobs_named(const k8s::ObjectKey& experiment) const override;
    std::vector<k8s::Object> all_pods() const override;
    std::vector<k8s::Object> all_experiments() const;
    // How many states of objects were too large to be cached, by resource.
    std::map<std::string, std::uint64_t> skipped() const;

  private:
    void on_experiment(const k8s::Change& change) const;
    void on_job(const k8s::Change& change) const;
    void on_pod(const k8s::Change& change) const;
    void wake(const Json& job_or_pod, const std::string& owner) const;

    k8s::WorkQueue& queue_;
    const std::function<void(const k8s::Object&)> gone_;
    k8s::Informer experiments_;
    k8s::Informer jobs_;
    k8s::Informer pods_; // after the Jobs, which say whose a pod is
};

} // namespace pedigree::control
