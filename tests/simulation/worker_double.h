#pragma once
// WorkerDouble: the worker's answers, which follow from the request alone. May fail for a while, or
// do the work and lose the answer. Stands for worker/ with git, registry, MLflow and the artifact
// store; what it leaves outside is idempotent there, and so here.

#include <map>
#include <set>

#include "operator/activity/worker_client.h"
#include "records/pod/bundle.h"
#include "tests/simulation/faults.h"

namespace pedigree::simulation {

class WorkerDouble final : public control::Worker {
  public:
    using Bundles = std::map<std::string, records::pod::Bundle>;
    // `wants_wheel`: the lock has a source distribution, so a build needs its wheel.
    WorkerDouble(const Bundles& bundles, Faults& faults, bool wants_wheel)
        : bundles_(bundles), faults_(faults), wants_wheel_(wants_wheel) {}

    Result<control::WorkAnswer>
    run(const records::work::WorkRequest& request, const Json& input,
        const std::function<void(const records::work::Progress&)>& on_progress,
        std::stop_token stop) override;

    // The ref names another commit from now on; one that is asked for by its id is still there.
    void move_branch() { branch_moved_ = true; }

    // How the tracker was told that each attempt (by pod uid, "" the parent) ended.
    const std::map<std::string, std::set<std::string>>& told() const { return told_; }

  private:
    control::WorkAnswer answer(records::work::WorkKind kind, const Json& input);

    const Bundles& bundles_;
    Faults& faults_;
    const bool wants_wheel_;
    bool branch_moved_ = false;
    std::map<std::string, std::set<std::string>> told_;
};

} // namespace pedigree::simulation
