#pragma once
// InputMaker: what the worker is told for an activity: from the Experiment's history, the frozen
// spec, the platform's configuration and the Secrets it needs, read at that moment and given to
// that one piece of work. Any thread may call.

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "k8s/api.h"
#include "operator/auxiliary/job.h"
#include "operator/storage/state.h"
#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"
#include "records/work/work.h"

namespace pedigree::control {

// Credentials of the platform, mounted into the operator alone.
struct PlatformCredentials {
    std::string registry_directory = "/etc/pedigree/registry";
    std::string artifact_store_directory = "/etc/pedigree/artifact-store";
};

// Done by the worker; or, with `jobs`, by auxiliary Jobs first, which go on beside each other; or
// done before, with that outcome.
struct ActivityOrder {
    records::work::WorkRequest request;
    std::shared_ptr<const Json> input;
    std::chrono::seconds give_up_after{0}; // since the activity was wanted
    std::vector<AuxiliaryDemand> jobs;
    std::shared_ptr<const Json> known; // null: it has to be done
};

class InputMaker {
  public:
    InputMaker(State& state, k8s::Api& api, const spec::Configuration& configuration,
               PlatformCredentials credentials = {})
        : state_(state), api_(api), configuration_(configuration),
          credentials_(std::move(credentials)) {}

    // InvalidInput, NotFound: the Experiment cannot be served as it is (Configuration);
    // other errors are worth another try.
    Result<ActivityOrder> make(const PendingActivity& activity) const;

    // What is left to do once the order's Jobs have succeeded.
    Result<ActivityOrder> make_after_jobs(const PendingActivity& activity,
                                          const ActivityOrder& order) const;

    // An object of our artifact store, for logs and bundles.
    Result<ActivityOrder> fetch_object(const std::string& name_space, const std::string& key,
                                       std::int64_t bytes_max) const;

  private:
    struct Subject;
    Result<ActivityOrder> imports_order(const PendingActivity& activity,
                                        const Subject& subject) const;
    Result<ActivityOrder> wheels_order(const PendingActivity& activity, const Subject& subject,
                                       const records::work::BuildImageOutcome& asked) const;
    // `fresh`: wheels that were built just now.
    Result<ActivityOrder>
    build_order(const PendingActivity& activity, const Subject& subject,
                const std::map<std::string, records::work::DerivedWheel>& fresh) const;
    Result<std::map<std::string, records::work::DerivedWheel>>
    wheels_of(const std::vector<AuxiliaryDemand>& jobs) const;
    DerivedWheelPlace wheel_place(const Subject& subject) const;
    Result<Json> resolve_input(const Subject& subject) const;
    Result<records::work::BuildImageInput> build_input(const Subject& subject) const;
    Result<Json> open_tracker_input(const Subject& subject) const;
    Result<Json> close_tracker_input(const Subject& subject, const std::string& name) const;
    Result<Json> bundle_input(const Subject& subject, const std::string& name) const;

    Result<records::work::GitSource> git_source(const Subject& subject) const;
    Result<records::work::TrackerTarget> tracker_target(const Subject& subject) const;
    Result<std::map<std::string, Secret>> secret(const std::string& name_space,
                                                 const std::string& name) const;
    Result<records::work::FetchObjectInput> object_input(const spec::Platform& platform,
                                                         const std::string& key) const;

    State& state_;
    k8s::Api& api_;
    const spec::Configuration& configuration_;
    const PlatformCredentials credentials_;
};

} // namespace pedigree::control
