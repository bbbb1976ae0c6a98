#pragma once
// ActivityRunner: a bounded pool of threads ("activity-<n>") that does everything slower than an
// effect: it asks the worker, or looks at an auxiliary Job now and then, and writes the answer as a
// row. It knows no kind of activity (kinds/). What failed is judged by judge.h.
//
// Work is fair between namespaces: they take turns, and one alone never holds the last thread. It
// survives a restart, since what is wanted stands in PostgreSQL; what was in work is done again.

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/sync.h"
#include "k8s/work_queue.h"
#include "operator/activity/input.h"
#include "operator/activity/judge.h"
#include "operator/activity/worker_client.h"

namespace pedigree::control {

// What the runner does its work with; borrowed.
struct RunnerParts {
    HistoryStore& histories;
    BuildMemory& memory;
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
    // `finished` is called with the Experiment whose activity has a new row or new progress, from a
    // pool thread.
    ActivityRunner(RunnerParts parts, std::function<void(const PendingActivity&)> finished,
                   RunnerOptions options = {});
    ~ActivityRunner(); // stops the pool; work in progress is repeated after the next start

    void start();
    // Adds it once; known ones are merged.
    void begin(const PendingActivity& activity);
    // The words of the newest progress of an Experiment's activity; "" if there are none.
    std::string progress_of(const std::string& experiment_uid,
                            const experiment::ActivityKey& key) const;

    // When to try again; nothing: the row is final.
    using Again = std::optional<std::chrono::milliseconds>;
    // One try, synchronously: what the pool threads do, and the simulation calls.
    Again try_once(PendingActivity activity, std::stop_token stop);

  private:
    // As try_once; an exception is a failed try, since it would end the process.
    Again try_safely(const PendingActivity& activity, std::stop_token stop);
    struct JobsLook {
        bool succeeded = false;
        Again again; // if not
        std::set<std::string> images_unread = {};
    };
    void work(std::stop_token stop);
    // As its row is now; false: it is final already.
    Result<bool> refresh(PendingActivity& activity);
    Again refuse_unread(PendingActivity& activity, const Error& error);
    Again do_order(PendingActivity& activity, const ActivityOrder& order, std::stop_token stop);
    JobsLook look_at_jobs(PendingActivity& activity, const ActivityOrder& order);
    Again refuse_look(PendingActivity& activity, const AuxiliaryDemand& job, const Error& error);
    Again accept(PendingActivity& activity, const Json& input, const Json& outcome);
    Status keep_partial(PendingActivity& activity, const Json& outcome);
    Status succeed(PendingActivity& activity, const Json& input, const Json& outcome);
    Again refuse(PendingActivity& activity, Refusal refusal);
    bool is_overdue(const PendingActivity& activity, std::chrono::seconds by = {}) const;
    void show(const PendingActivity& activity, std::string words);
    void forget_progress(const PendingActivity& activity);

    const RunnerParts parts_;
    const std::function<void(const PendingActivity&)> finished_;
    const RunnerOptions options_;
    k8s::WorkQueue queue_;
    Sync<std::map<k8s::ObjectKey, PendingActivity>> pending_;
    mutable Sync<std::map<std::string, std::string>> progress_; // by uid and key
    std::vector<std::jthread> threads_;
};

} // namespace pedigree::control
