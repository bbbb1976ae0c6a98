#pragma once
// FakeHistory: PostgreSQL as the operator sees it, a map of histories. Commits are all or nothing;
// what the ledger would hold is kept too, an event once by its id. Faults are injected from
// outside: `fault` is asked before and after each transaction, so that it may be refused, or
// committed with an answer that never arrives (the ambiguous commit).

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operator/storage/history_store.h"

namespace pedigree {

enum class FaultPoint { Before, After };

struct LedgerLine {
    std::string id, type, body;
};

class FakeHistory final : public control::HistoryStore {
  public:
    // Gives the error that the caller sees; ok: none.
    std::function<Status(FaultPoint point, const std::string& call)> fault;

    // What PostgreSQL refuses whenever it is asked, for what is in it; ok: nothing.
    std::function<Status(const experiment::Change& change)> refuse;

    Result<experiment::History> load(const std::string& experiment_uid) override;
    Status commit(const std::string& experiment_uid, const experiment::Change& change,
                  const std::vector<records::Event>& events, Instant now) override;
    Result<std::vector<control::PendingActivity>> pending_activities() override;
    Status finish_activity(const std::string& experiment_uid,
                           const experiment::ActivityRow& row) override;
    Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
    objective_points(const std::vector<std::string>& pod_uids) override;
    Result<std::optional<experiment::ReusableTrial>>
    find_trial(const std::string& fingerprint) override;
    Result<std::string> earlier_searches(const control::EarlierSearchQuery& query) override;
    Result<std::vector<std::string>> search_events(const std::string& experiment_uid,
                                                   std::int64_t count) override;
    Result<std::vector<control::LeftOpen>> unreleased() override;

    // All of it at one moment, and put back to it, as a backup is.
    struct Moment {
        std::map<std::string, experiment::History> histories;
        std::vector<LedgerLine> ledger;
    };
    Moment moment() const { return {histories_, ledger_}; }
    void put_back(Moment moment) {
        histories_ = std::move(moment.histories);
        ledger_ = std::move(moment.ledger);
    }
    std::function<void()> committed;                          // called after each commit
    std::optional<Instant> newest() const { return newest_; } // that was recorded

    // What recorders have told; by pod uid.
    std::map<std::string, std::vector<experiment::ObjectivePoint>> told_points;

    const std::map<std::string, experiment::History>& histories() const { return histories_; }
    const std::vector<LedgerLine>& ledger() const { return ledger_; }
    std::int64_t commits() const { return commits_; }
    // Commits for a second time of records that were there: what was done is done again.
    std::int64_t idle_commits() const { return idle_commits_; }

  private:
    Status ask(FaultPoint point, const std::string& call) const;
    bool has_entry(const std::string& id) const;

    std::map<std::string, experiment::History> histories_;
    std::vector<LedgerLine> ledger_;
    std::optional<Instant> newest_;
    std::int64_t commits_ = 0;
    std::int64_t idle_commits_ = 0;
};

} // namespace pedigree
