#pragma once
// LaggingCluster: the informers' caches, each kind behind the API server by its own lag, events
// lost and doubled. What was lost comes with the next list (as a reflector does after a broken
// watch). Stands for operator/reconcile/caches.h with its informers; wakes Experiments by the same
// rule.

#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "operator/reconcile/cluster.h"
#include "tests/fakes/fake_api.h"
#include "tests/simulation/faults.h"

namespace pedigree::simulation {

class LaggingCluster final : public control::Cluster {
  public:
    LaggingCluster(FakeApi& api, const Clock& clock, Faults& faults)
        : api_(api), clock_(clock), faults_(faults) {}

    std::function<void(const k8s::ObjectKey&)> wake; // an Experiment's key

    void list_again(); // as after a start
    void on_change(const std::string& plural, const k8s::Object& before, const k8s::Object& after);
    void deliver(); // everything that is due
    std::optional<Instant> next() const;

    k8s::Object experiment(const k8s::ObjectKey& key) const override;
    std::vector<k8s::Object> jobs_of(const std::string& experiment_uid) const override;
    std::vector<k8s::Object> pods_of(const std::string& job_uid) const override;
    std::vector<k8s::Object> left_pods_of(const std::string& experiment_uid) const override;
    std::vector<k8s::Object> jobs_named(const k8s::ObjectKey& experiment) const override;
    std::vector<k8s::Object> all_pods() const override;

  private:
    struct Notification {
        Instant due{};
        k8s::ObjectKey key;
        k8s::Object object; // null: removed
        bool relist = false;
    };
    using Shelf = std::map<k8s::ObjectKey, k8s::Object>;

    void take(const std::string& plural, const Notification& notification);
    void relist(const std::string& plural);
    void tell(const std::string& plural, const k8s::Object& object) const;
    std::vector<k8s::Object> everything(const std::string& plural) const;
    std::vector<k8s::Object> controlled_by(const std::string& plural, const std::string& uid) const;
    std::string owner_of(const std::string& plural, const Json& object) const;

    FakeApi& api_;
    const Clock& clock_;
    Faults& faults_;
    std::map<std::string, std::deque<Notification>> notifications_; // by plural, in order
    std::map<std::string, Shelf> shelves_;
};

} // namespace pedigree::simulation
