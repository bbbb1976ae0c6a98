#pragma once
// State: the operator's memory. PostgreSQL in production (postgres_state.h), a plain struct in the
// simulation. Every write is one transaction, fenced by the leader's epoch: Conflict means that a
// newer leader exists and this process must stop. Calls may come from any thread.

#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/observation.h"
#include "records/event.h"
#include "records/work/work.h"

namespace pedigree::control {

// Whose searches a new one may learn from.
struct EarlierSearchQuery {
    std::string name_space, project, metric, goal;
};
constexpr std::int64_t earlier_searches_max = 5;

// What a wheel from a source distribution depends on beside that one, and where it lies.
struct DerivedWheelPlace {
    std::string repository, base, recipe;
};

// What a plan of wheels was made for.
struct WheelPlanPlace {
    std::string repository, base, lock, layer_form;
};

// Which Experiment an activity belongs to, found again after a restart.
struct PendingActivity {
    std::string experiment_uid, name_space, name;
    experiment::ActivityRow row;
};

class State {
  public:
    virtual ~State() = default;

    virtual Result<experiment::History> load(const std::string& experiment_uid) = 0;
    // All of the change or nothing. Repeating a change that was committed is harmless.
    virtual Status commit(const std::string& experiment_uid, const experiment::Change& change,
                          const std::vector<records::Event>& events, Instant now) = 0;

    virtual Result<std::vector<PendingActivity>> pending_activities() = 0;
    // Writes what a try of an activity came to.
    virtual Status finish_activity(const std::string& experiment_uid,
                                   const experiment::ActivityRow& row) = 0;

    // What earlier builds left, so that no wheel is fetched or opened twice. Of layers of code only
    // the one of this tree.
    virtual Result<std::map<std::string, records::work::KnownLayer>>
    known_layers(const std::string& repository, const std::string& tree) = 0;
    virtual Status
    remember_layers(const std::string& repository,
                    const std::map<std::string, records::work::KnownLayer>& layers) = 0;
    virtual Result<std::string> base_inventory(const std::string& base) = 0; // "" if unknown
    virtual Status remember_base_inventory(const std::string& base,
                                           const std::string& inventory) = 0;
    virtual Result<std::string> wheel_plan(const WheelPlanPlace& place) = 0; // "" if unknown
    virtual Status remember_wheel_plan(const WheelPlanPlace& place, const std::string& plan) = 0;

    // Wheels that were built from source distributions on this base and lie in this repository, by
    // the source distribution's digest; `recipe` says how they were built.
    virtual Result<std::map<std::string, records::work::DerivedWheel>>
    derived_wheels(const DerivedWheelPlace& place) = 0;
    virtual Status
    remember_derived_wheels(const DerivedWheelPlace& place,
                            const std::map<std::string, records::work::DerivedWheel>& wheels) = 0;

    // What imports once, imports again: by what the result depends on (auxiliary/imports.h).
    virtual Result<bool> imports_known(const std::string& key) = 0;
    virtual Status remember_imports(const std::string& key, const std::string& experiment_uid) = 0;

    // What the scripts of these pods have logged of their objective so far; by pod uid.
    virtual Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
    objective_points(const std::vector<std::string>& pod_uids) = 0;
    // The newest completed trial with this fingerprint that ran itself; nothing if there is none.
    virtual Result<std::optional<experiment::ReusableTrial>>
    find_trial(const std::string& fingerprint) = 0;

    // Earlier searches of the project for the same objective, newest first, as far as they are now:
    // JSON for ExperimentRow::earlier_searches.
    virtual Result<std::string> earlier_searches(const EarlierSearchQuery& query) = 0;
    // The first `count` events of a search.
    virtual Result<std::vector<std::string>> search_events(const std::string& experiment_uid,
                                                           std::int64_t count) = 0;

    // Experiments whose CR may be gone while something is left to do.
    virtual Result<std::vector<experiment::ExperimentRow>> unreleased() = 0;
};

} // namespace pedigree::control
