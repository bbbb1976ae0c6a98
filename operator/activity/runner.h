#pragma once
// ActivityRunner: a bounded pool of threads ("activity-<n>") that does everything slower than an
// effect: it asks the worker, or looks at an auxiliary Job now and then, and writes the answer as a
// row. Work is fair between namespaces and
// survives a restart, since what is wanted stands in PostgreSQL. Infrastructure failures are tried
// again with growing pauses until the activity's deadline; Configuration failures are final.

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/sync.h"
#include "k8s/work_queue.h"
#include "operator/activity/input.h"
#include "operator/activity/worker_client.h"
#include "operator/storage/state.h"

namespace pedigree::control {

// What the runner does its work with; borrowed.
struct RunnerParts {
    State& state;
    Worker& worker;
    k8s::Api& api;
    const InputMaker& inputs;
    const Clock& clock;
};

struct RunnerOptions {
    std::size_t threads = 3;
    std::chrono::milliseconds retry_first{1000};
    std::chrono::milliseconds retry_max{60000};
    std::chrono::milliseconds look_every{2000}; // at an auxiliary Job
};

class ActivityRunner {
  public:
    // `finished` is called with the Experiment whose activity has a new row, from a pool thread.
    ActivityRunner(RunnerParts parts, std::function<void(const PendingActivity&)> finished,
                   RunnerOptions options = {});
    ~ActivityRunner(); // stops the pool; work in progress is repeated after the next start

    void start();
    // Adds it once; known ones are merged.
    void begin(const PendingActivity& activity);
    // The words of the newest progress of an Experiment's activity; "" if there are none.
    std::string progress_of(const std::string& experiment_uid, const std::string& key) const;

    // One try, synchronously: what the pool threads do, and the simulation calls. Tells when to try
    // again, if it has to be.
    std::optional<std::chrono::milliseconds> try_once(PendingActivity activity,
                                                      std::stop_token stop);

  private:
    void work(std::stop_token stop);
    struct JobsLook {
        bool succeeded = false;
        std::optional<std::chrono::milliseconds> again; // if not
    };
    JobsLook look_at_jobs(PendingActivity& activity, const ActivityOrder& order);
    std::optional<std::chrono::milliseconds> wait_for_wheels(PendingActivity& activity,
                                                             const Json& outcome);
    std::optional<std::chrono::milliseconds> accept(PendingActivity& activity, const Json& input,
                                                    const Json& outcome);
    std::optional<std::chrono::milliseconds> refuse(PendingActivity& activity,
                                                    const ActivityOrder& order,
                                                    records::work::WorkFailure failure);
    bool is_overdue(const PendingActivity& activity, const ActivityOrder& order) const;
    void show(const PendingActivity& activity, std::string words);
    std::optional<std::chrono::milliseconds> conclude(PendingActivity& activity,
                                                      records::work::WorkFailure failure);
    Status succeed(PendingActivity& activity, const Json& input, const Json& outcome);

    const RunnerParts parts_;
    const std::function<void(const PendingActivity&)> finished_;
    const RunnerOptions options_;
    k8s::WorkQueue queue_;
    Sync<std::map<k8s::ObjectKey, PendingActivity>> pending_;
    mutable Sync<std::map<std::string, std::string>> progress_;
    std::vector<std::jthread> threads_;
};

} // namespace pedigree::control
