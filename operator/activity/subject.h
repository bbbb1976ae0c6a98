#pragma once
// Subject: what an activity is about and what an order for it is made from: the Experiment's rows,
// its frozen spec, its namespace's platform, and where to ask for the rest. Lives for the making of
// one order, on one thread; borrows what its references name.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sync.h"
#include "k8s/api.h"
#include "operator/activity/order.h"
#include "operator/storage/build_memory.h"
#include "operator/storage/history_store.h"
#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::control {

constexpr std::size_t known_targets_max = 10000;

// How trackers were reached, by the Experiment's uid. A namespace that is deleted loses its Secrets
// at once, and its Experiments last: the tracker is to be told their ends all the same. In memory
// alone; of too many one is forgotten.
class KnownTargets {
  public:
    void remember(const std::string& experiment_uid, records::work::TrackerTarget target);
    std::optional<records::work::TrackerTarget> of(const std::string& experiment_uid) const;

  private:
    using Targets = std::map<std::string, records::work::TrackerTarget>;
    mutable Sync<Targets> targets_;
};

// Where an order's parts come from.
struct OrderSources {
    HistoryStore& histories;
    BuildMemory& memory;
    k8s::Api& api; // Secrets, logs of auxiliary pods
    const spec::Configuration& configuration;
    PlatformCredentials credentials;
    std::shared_ptr<KnownTargets> known_targets = std::make_shared<KnownTargets>();
};

struct Subject {
    const PendingActivity& activity;
    const OrderSources& from;
    experiment::ExperimentRow experiment;
    std::vector<experiment::AttemptRow> attempts;
    spec::ExperimentSpec spec;
    spec::Platform platform;
    std::string build_outcome; // JSON; "" until the image is built

    // NotFound: there is no such Experiment. InvalidInput, Corrupt: what was accepted cannot be
    // read.
    static Result<Subject> load(const OrderSources& from, const PendingActivity& activity);

    // "attempt-2-1" -> that attempt
    Result<experiment::AttemptRow> attempt(const std::string& name) const;
    // By which the kubelet pulls the built image and its base.
    std::vector<std::string> pull_secrets() const;
    // Parameters as trackers hold them: texts in canonical form.
    std::map<std::string, std::string> parameter_texts() const;
    // Of the registry: this namespace's own.
    std::string repository() const;

    // For the worker, with this namespace's egress and a name that a log can be searched for.
    records::work::WorkRequest request(records::work::WorkKind kind, std::int64_t seconds) const;
};

} // namespace pedigree::control
