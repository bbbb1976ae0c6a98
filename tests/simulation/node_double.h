#pragma once
// NodeDouble: Job controller, scheduler and kubelet in one: makes one pod for each Job, places it,
// runs it for a while and ends it as the scenario says; ends a deleted pod by SIGTERM. Leaves
// behind what a recorder would: a termination message and a bundle in the artifact store
// (`bundles`).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/pod/bundle.h"
#include "tests/fakes/fake_api.h"

namespace pedigree::simulation {

enum class PodEnd {
    Success,
    ExitThree,
    OutOfMemory,
    NodeLost,
    PrepareFails,
    RunsUntilDeleted,
    RunsUntilUnlabelled, // then it succeeds
    LogsBadly,           // runs until it is deleted, and logs a value that no rule lets pass
};

class NodeDouble {
  public:
    // `by_trial`: of each trial's first attempt; later ones succeed. `gate`: of auxiliary pods; a
    // node is lost to the first try alone.
    NodeDouble(FakeApi& api, const Clock& clock, std::vector<PodEnd> ends, bool by_trial,
               PodEnd gate)
        : api_(api), clock_(clock), ends_(std::move(ends)), by_trial_(by_trial), gate_(gate) {}

    void tick();                         // one step for every Job and pod, at most once a second
    std::optional<Instant> next() const; // while anything lives
    int training() const;                // how many pods' commands run now
    bool auxiliary() const;              // whether an auxiliary pod is on its node and not over

    // Pods whose scripts log a bad value of the objective; by uid.
    std::vector<std::string> logging_badly() const;
    const std::map<std::string, records::pod::Bundle>& bundles() const { return bundles_; }
    // A pod trains that nobody has ended yet, and that does not end by itself.
    bool trains_endlessly() const;
    // Job uid -> how many pods it was given.
    const std::map<std::string, int>& pods_made() const { return pods_made_; }

  private:
    PodEnd end_of(const Json& pod) const;
    bool has_pod(const Json& job) const;
    void step_job(const Json& job);
    void step_pod(const Json& pod);
    void run(const Json& pod);
    void run_auxiliary(const Json& pod);
    static void say_images(Json& pod);
    void show(const Json& pod, const std::string& phase, const Json& init_statuses,
              const Json& statuses);
    void end(const Json& pod, PodEnd how);
    void end_by_signal(const Json& pod);
    void leave(const Json& pod, std::int64_t exit_code, Json& status);
    void let_go(const Json& pod);
    void end_pods_of(const Json& job);
    void conclude(const Json& job, const std::string& type, const std::string& reason);

    FakeApi& api_;
    const Clock& clock_;
    const std::vector<PodEnd> ends_; // by attempt or trial; the last one repeats
    const bool by_trial_;
    const PodEnd gate_;
    std::map<std::string, records::pod::Bundle> bundles_; // by pod uid
    std::map<std::string, int> pods_made_;
    std::optional<Instant> ticked_;
};

} // namespace pedigree::simulation
