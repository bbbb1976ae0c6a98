#pragma once
// Reconciler: gather -> decide -> act for one Experiment, one effect at a time. Owns its
// references and what it can work out anew. Any number of threads may call reconcile(), never two
// for one key (the work queue sees to that). Errors leave everything as it was; the key is tried
// again with back-off.
//
// The caches say whether there is something to do. What is done is decided once more on what the
// API server itself says: the caches may not show our own last write yet, or show one kind ahead of
// another, and acting on them would repeat an effect for as long as they are behind.

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/sync.h"
#include "experiment/job/job.h"
#include "experiment/observation.h"
#include "experiment/status/without_decision.h"
#include "k8s/api.h"
#include "operator/reconcile/admission.h"
#include "operator/reconcile/api_server.h"
#include "operator/reconcile/cluster.h"
#include "operator/reconcile/first_seen.h"
#include "operator/reconcile/job_refusals.h"
#include "operator/reconcile/known_searches.h"
#include "operator/storage/history_store.h"
#include "pipeline/spec/configuration.h"

namespace pedigree::control {

struct Dependencies {
    k8s::Api& api;
    const Cluster& cluster;
    HistoryStore& state;
    const Clock& clock;
    const spec::Configuration& configuration;
    std::string build;                            // version and image digest, in every record
    std::string operator_url;                     // where recorders report
    std::function<std::string()> operator_ca_pem; // which recorders trust, as it is now
    // Called at each look with each activity that is still wanted; a known one is no news.
    std::function<void(const PendingActivity&)> begin_activity;
    // The words of an activity's newest progress; "" if there are none.
    std::function<std::string(const std::string& uid, const experiment::ActivityKey& key)>
        activity_progress;
    // Called when a status with another phase or reason was written.
    std::function<void(const k8s::Object&, const experiment::Decision&)> announce;
    std::function<void(const std::string&)> count_effect; // by name, for metrics
};

struct ReconcileResult {
    bool requeue = false; // look at the key at once: an effect was caused
    std::optional<std::chrono::milliseconds> requeue_after;
};

class Reconciler {
  public:
    explicit Reconciler(Dependencies dependencies) : with_(std::move(dependencies)) {}

    // Also closes what earlier executions under this name left open whose CR is gone.
    Result<ReconcileResult> reconcile(const k8s::ObjectKey& key);

  private:
    Result<ReconcileResult> close_left_open(const k8s::ObjectKey& key);
    Result<ReconcileResult> look_at(k8s::Object object);
    Result<ReconcileResult> say_why_not(const k8s::Object& object, const Error& error);
    Status release_orphans(const k8s::ObjectKey& key);
    Status take_finalizer_off(const Json& job);

    Result<experiment::Observation> gather(const k8s::Object& object, const std::string& uid);
    Result<std::optional<experiment::JobSeen>> live_job(const experiment::Observation& observation,
                                                        const std::string& name);
    Status list_jobs(experiment::Observation& observation);
    Status list_pods(experiment::Observation& observation);
    Status ask_again_for_strays(experiment::Observation& observation);
    Status look_without_labels(experiment::Observation& observation,
                               const experiment::AttemptRow& attempt);
    Status look_live(k8s::Object& object, experiment::Observation& observation);
    Status gather_jobs(experiment::Observation& observation, const std::string& uid);
    std::map<std::string, std::string> created_jobs_of(const std::string& experiment_uid);
    Status gather_pods(experiment::Observation& observation, const std::string& uid);
    void gather_refusals(experiment::Observation& observation, const std::string& uid);
    void gather_spec(experiment::Observation& observation, const Json& object) const;
    Status gather_earlier(experiment::Observation& observation);
    Result<std::vector<search::EarlierStudy>> earlier_studies(const std::string& earlier_searches);
    Status gather_trials(experiment::Observation& observation);
    Status gather_secrets(experiment::Observation& observation);
    void look_at_search(experiment::Observation& observation);
    void date_by_our_clock(experiment::Observation& observation);

    Result<ReconcileResult> proceed(k8s::Object object, experiment::Observation observation);
    void begin_wanted(const experiment::Observation& observation) const;
    Status act(const k8s::Object& object, const experiment::Observation& observation,
               const experiment::Decision& decision);
    Status act_on(const experiment::Observation& observation,
                  const experiment::CommitChange& commit);
    Status remove_left_configurations(const experiment::Observation& observation,
                                      const experiment::Change& change);
    // What an effect, or its first part, did: the crash tests end the process here.
    void caused(const std::string& effect, const std::string& experiment_uid) const;
    Status make_job(const experiment::JobDemand& demand);
    Status act_on(const experiment::Observation& observation, const experiment::CreateJob& create);
    Status act_on(const experiment::Observation& observation,
                  const experiment::ReleaseJob& release);
    Status act_on(const experiment::Observation& observation, const experiment::DeleteJob& removal);
    Status act_on(const experiment::Observation& observation, const experiment::DeletePod& removal);
    Status set_finalizer(const k8s::Object& object, bool present);
    Status patch_status(const k8s::Object& object, const Json& status);
    void say(const k8s::Object& object, const experiment::Obstacle& obstacle);
    Status write_status(const k8s::Object& object, const experiment::Observation& observation,
                        const experiment::Decision& decision);

    const Dependencies with_;
    ApiServer api_{with_.api};
    KnownSearches known_;
    Admission admission_{api_};
    // Uids of Jobs whose creation was answered, by Experiment and name, until a row has them: what
    // stands under the name a moment later may be another's, with our nonce copied.
    Sync<std::map<std::pair<std::string, std::string>, std::string>> created_;
    JobRefusals refusals_;
    FirstSeen first_seen_;
};

} // namespace pedigree::control
