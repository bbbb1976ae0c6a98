#pragma once
// Leader: everything that only one replica may do: reconcile threads, activities, the sequencer.
// Made when the lease was acquired and an epoch claimed; destroyed when leadership ends. Threads:
// reconcile-<n>, activity-<n>, sequencer.

#include <memory>
#include <thread>
#include <vector>

#include "k8s/events.h"
#include "k8s/work_queue.h"
#include "lineage/ledger.h"
#include "operator/activity/runner.h"
#include "operator/api/metrics.h"
#include "operator/reconcile/caches.h"
#include "operator/reconcile/reconciler.h"
#include "operator/storage/postgres_build_memory.h"
#include "operator/storage/postgres_history.h"
#include "store/pool.h"

namespace pedigree::control {

struct LeaderParts {
    k8s::Api& api;
    const Caches& caches;
    k8s::WorkQueue& queue;
    store::Pool& pool;
    store::Pool& sequencer_pool;
    Secret database_url;
    Worker& worker;
    const Clock& clock;
    const spec::Configuration& configuration;
    PlatformCredentials credentials;
    Metrics& metrics;
    std::string build, operator_url;
    std::function<std::string()> operator_ca_pem; // as it is now
    std::size_t reconcile_threads, activity_threads;
    std::function<void(Error)> give_up; // a newer leader writes: this process must end
    std::function<void(const lineage::LedgerHead&)> numbered; // after each batch of entries
};

class Leader {
  public:
    static Result<std::unique_ptr<Leader>> start(LeaderParts parts, store::Epoch epoch);
    ~Leader();

    std::string activity_progress(const std::string& experiment_uid) const;

  private:
    Leader(LeaderParts parts, store::Epoch epoch);
    void reconcile_loop(std::stop_token stop);
    void sequence_loop(std::stop_token stop, store::Epoch epoch);
    void finished(const PendingActivity& activity);
    void finish(const k8s::ObjectKey& key, const Result<ReconcileResult>& result);
    void announce(const k8s::Object& object, const experiment::Decision& decision);

    const LeaderParts parts_;
    PostgresHistory histories_;
    PostgresBuildMemory memory_;
    InputMaker inputs_;
    ActivityRunner activities_;
    k8s::EventRecorder events_;
    Reconciler reconciler_;
    std::vector<std::jthread> threads_;
};

} // namespace pedigree::control
