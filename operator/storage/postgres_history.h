#pragma once
// PostgresHistory: HistoryStore in PostgreSQL, over a pool that it borrows. Each commit is one
// transaction fenced by the leader's epoch and carries its ledger events in the outbox. A commit
// whose fate is unknown is reported as an error: the caller gathers again and sees what came of it.
// Any thread may call.

#include <map>
#include <string>
#include <vector>

#include "base/sync.h"
#include "operator/storage/history_store.h"
#include "store/pool.h"

namespace pedigree::control {

class PostgresHistory final : public HistoryStore {
  public:
    PostgresHistory(store::Pool& pool, store::Epoch epoch) : pool_(pool), epoch_(epoch) {}

    Result<experiment::History> load(const std::string& experiment_uid) override;
    Status commit(const std::string& experiment_uid, const experiment::Change& change,
                  const std::vector<records::Event>& events, Instant now) override;
    Result<std::vector<PendingActivity>> pending_activities() override;
    Status finish_activity(const std::string& experiment_uid,
                           const experiment::ActivityRow& row) override;
    Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
    objective_points(const std::vector<std::string>& pod_uids) override;
    Result<std::optional<experiment::ReusableTrial>>
    find_trial(const std::string& fingerprint) override;

    Result<std::string> earlier_searches(const EarlierSearchQuery& query) override;
    Result<std::vector<std::string>> search_events(const std::string& experiment_uid,
                                                   std::int64_t count) override;

    Result<std::vector<LeftOpen>> unreleased() override;

  private:
    Result<std::vector<std::string>> load_events(store::Transaction& transaction,
                                                 const experiment::ExperimentRow& experiment);
    std::vector<std::string> known_events(const std::string& experiment_uid);
    void remember_events(const experiment::ExperimentRow& experiment,
                         const std::vector<std::string>& events);

    store::Pool& pool_;
    const store::Epoch epoch_;
    // Of searches that go on, by the Experiment's uid.
    Sync<std::map<std::string, std::vector<std::string>>> events_;
};

} // namespace pedigree::control
