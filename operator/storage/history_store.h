#pragma once
// HistoryStore: the histories of Experiments (experiment/history.h), kept. PostgreSQL in production
// (postgres_history.h), a plain struct in the simulation. Every write is one transaction, fenced by
// the leader's epoch: Conflict with store::stale_epoch_reason means that a newer leader exists and
// this process must stop. Any thread may call.
//
// A row that cannot be read (an unknown word) is Corrupt and spoils what asks for that Experiment,
// not what asks for all. A write that PostgreSQL will never take (text that is none, a text or an
// entry that is too large) has an error of prospect Permanent (base/error.h).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/observation.h"
#include "records/event.h"

namespace pedigree::control {

// Whose searches a new one may learn from.
struct EarlierSearchQuery {
    std::string name_space, project, metric, goal;
};
constexpr std::int64_t earlier_searches_max = 5;

// Which Experiment an activity belongs to, found again after a restart.
struct PendingActivity {
    std::string experiment_uid, name_space, name;
    experiment::ActivityRow row;
};

// An execution with something left to do, by names alone, so that no row is too new to be listed.
struct LeftOpen {
    std::string uid, name_space, name;
};

class HistoryStore {
  public:
    virtual ~HistoryStore() = default;

    virtual Result<experiment::History> load(const std::string& experiment_uid) = 0;
    // All of the change or nothing. Repeating a change that was committed is harmless.
    virtual Status commit(const std::string& experiment_uid, const experiment::Change& change,
                          const std::vector<records::Event>& events, Instant now) = 0;

    virtual Result<std::vector<PendingActivity>> pending_activities() = 0;
    // Writes what a try of an activity came to.
    virtual Status finish_activity(const std::string& experiment_uid,
                                   const experiment::ActivityRow& row) = 0;

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
    virtual Result<std::vector<LeftOpen>> unreleased() = 0;
};

} // namespace pedigree::control
