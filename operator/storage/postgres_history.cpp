#include "operator/storage/postgres_history.h"

#include "base/ids.h"
#include "base/log.h"
#include "experiment/events/event_of.h"
#include "lineage/ledger.h"
#include "lineage/trace.h"
#include "operator/storage/record_keys.h"
#include "operator/storage/row_codec.h"

namespace pedigree::control {
namespace {

Status insert_wanted(store::Transaction& transaction, const std::string& uid,
                     const experiment::ActivityKey& key, Instant now) {
    TRY(transaction.execute("INSERT INTO activity (experiment_uid, key, state, outcome, "
                            "failure_class, reason, message, tries, wanted_at, nonce) "
                            "VALUES ($1, $2, 'Wanted', '', '', '', '', 0, $3, $4) "
                            "ON CONFLICT DO NOTHING",
                            {uid, key.text(), now, random_uuid()}));
    return {};
}

Result<std::vector<PendingActivity>> select_wanted(store::Transaction& transaction,
                                                   const std::string& uid) {
    TRY(const auto experiment, select_experiment(transaction, uid));
    TRY(auto activities, select_activities(transaction, uid));
    std::vector<PendingActivity> wanted;
    for (experiment::ActivityRow& row : activities) {
        if (experiment && row.state == experiment::ActivityState::Wanted) {
            wanted.push_back({uid, experiment->name_space, experiment->name, std::move(row)});
        }
    }
    return wanted;
}

// Of attempts whose account is still to be read.
std::vector<std::string> pods_to_prove(const std::vector<experiment::AttemptRow>& attempts) {
    std::vector<std::string> pods;
    for (const experiment::AttemptRow& attempt : attempts) {
        if (attempt.stage == experiment::AttemptStage::Ended && !attempt.pod_uid.empty()) {
            pods.push_back(attempt.pod_uid);
        }
    }
    return pods;
}

// What the ledger and the graph have of it (lineage/projection.h).
Result<experiment::Recorded> recorded_of(store::Transaction& transaction,
                                         const experiment::ExperimentRow& row) {
    TRY(const auto last, lineage::entry_of(transaction, experiment::last_event_id(row)));
    TRY(const std::int64_t unread,
        lineage::unread_entries(transaction, experiment::spec_node(row)));
    experiment::Recorded recorded{last.has_value(), unread, std::nullopt};
    if (recorded.numbered) {
        const auto gaps =
            lineage::count_gaps(transaction, row.uid, {.viewer = {.namespaces = {row.name_space}}});
        if (gaps) {
            recorded.gaps = *gaps;
        } else if (gaps.error().retryable()) {
            return tl::unexpected<Error>(gaps.error());
        } // else: it can be told by nobody, and the Experiment goes on without that number
    }
    return recorded;
}

} // namespace

// Events are appended and never changed, so those that were read before are not read again, as long
// as the last of them still stands in its place: the database may have been put back.
Result<std::vector<std::string>>
PostgresHistory::load_events(store::Transaction& transaction,
                             const experiment::ExperimentRow& experiment) {
    std::vector<std::string> events = known_events(experiment.uid);
    const auto known = static_cast<std::int64_t>(events.size());
    TRY(auto tail, select_search_events(transaction, experiment.uid, known, std::nullopt));
    const bool stands = known > 0 && !tail.empty() && tail.front() == events.back();
    const bool news = !stands || tail.size() > 1;
    if (stands) {
        events.insert(events.end(), tail.begin() + 1, tail.end());
    } else if (known > 0) {
        TRY(events, select_search_events(transaction, experiment.uid, 1, std::nullopt));
    } else {
        events = std::move(tail);
    }
    if (news || experiment.released) {
        remember_events(experiment, events);
    }
    return events;
}

std::vector<std::string> PostgresHistory::known_events(const std::string& experiment_uid) {
    const auto known = events_.lock();
    const auto found = known->find(experiment_uid);
    return found == known->end() ? std::vector<std::string>() : found->second;
}

void PostgresHistory::remember_events(const experiment::ExperimentRow& experiment,
                                      const std::vector<std::string>& events) {
    constexpr std::size_t searches_max = 64;
    auto known = events_.lock();
    if (experiment.released) {
        known->erase(experiment.uid);
        return;
    }
    if (known->size() >= searches_max && !known->contains(experiment.uid)) {
        known->clear();
    }
    (*known)[experiment.uid] = events;
}

Result<experiment::History> PostgresHistory::load(const std::string& experiment_uid) {
    TRY(auto transaction, pool_.begin({.isolation = store::Isolation::RepeatableRead,
                                       .access = store::Access::ReadOnly}));
    experiment::History history;
    TRY(history.experiment, select_experiment(transaction, experiment_uid));
    if (!history.experiment) {
        return history;
    }
    TRY(history.attempts, select_attempts(transaction, experiment_uid));
    TRY(history.record_keys, select_record_keys(transaction, pods_to_prove(history.attempts)));
    if (history.experiment->max_trials > 0) {
        TRY(history.trials, select_trials(transaction, experiment_uid));
        TRY(history.search_events, load_events(transaction, *history.experiment));
    }
    TRY(auto activities, select_activities(transaction, experiment_uid));
    for (experiment::ActivityRow& row : activities) {
        experiment::ActivityKey key = row.key;
        history.activities.emplace(std::move(key), std::move(row));
    }
    TRY(history.intents, select_intents(transaction, experiment_uid));
    if (history.experiment->released) {
        TRY(history.recorded, recorded_of(transaction, *history.experiment));
    }
    return history;
}

Status PostgresHistory::commit(const std::string& experiment_uid, const experiment::Change& change,
                               const std::vector<records::Event>& events, Instant now) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    if (change.experiment) {
        TRY(upsert(transaction, *change.experiment));
    }
    for (const experiment::AttemptRow& row : change.attempts) {
        TRY(upsert(transaction, experiment_uid, row));
        if (row.stage > experiment::AttemptStage::Ended && !row.pod_uid.empty()) {
            TRY(forget_record_key(transaction, row.pod_uid));
        }
    }
    for (const experiment::TrialRow& row : change.trials) {
        TRY(upsert(transaction, experiment_uid, row));
    }
    TRY(append_search_events(transaction, experiment_uid, change.search_events_before,
                             change.search_events));
    for (const experiment::ActivityKey& key : change.wanted) {
        TRY(insert_wanted(transaction, experiment_uid, key, now));
    }
    for (const experiment::IntentRow& intent : change.intents) {
        TRY(write_intent(transaction, experiment_uid, intent, now));
    }
    for (const records::Event& event : events) {
        TRY(lineage::append(transaction, event));
    }
    return transaction.commit();
}

// One Experiment whose rows cannot be read must not keep all others from going on.
Result<std::vector<PendingActivity>> PostgresHistory::pending_activities() {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT DISTINCT experiment_uid FROM activity WHERE state = 'Wanted'"));
    TRY(const auto uids, rows.column<std::string>());
    std::vector<PendingActivity> pending;
    for (const std::string& uid : uids) {
        auto wanted = select_wanted(transaction, uid);
        if (!wanted && wanted.error().code == ErrorCode::Corrupt) {
            log_error("an Experiment's rows cannot be read, its activities wait",
                      {{"experiment", uid}, {"error", wanted.error().message}});
            continue;
        }
        TRY(auto activities, std::move(wanted));
        std::move(activities.begin(), activities.end(), std::back_inserter(pending));
    }
    return pending;
}

Status PostgresHistory::finish_activity(const std::string& experiment_uid,
                                        const experiment::ActivityRow& row) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(upsert(transaction, experiment_uid, row));
    return transaction.commit();
}

Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
PostgresHistory::objective_points(const std::vector<std::string>& pod_uids) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    std::map<std::string, std::vector<experiment::ObjectivePoint>> points;
    for (const std::string& pod_uid : pod_uids) {
        TRY(points[pod_uid], select_objective_points(transaction, pod_uid));
    }
    return points;
}

Result<std::optional<experiment::ReusableTrial>>
PostgresHistory::find_trial(const std::string& fingerprint) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_same_trial(transaction, fingerprint);
}

Result<std::string> PostgresHistory::earlier_searches(const EarlierSearchQuery& query) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_earlier_searches(transaction, query);
}

Result<std::vector<std::string>> PostgresHistory::search_events(const std::string& experiment_uid,
                                                                std::int64_t count) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_search_events(transaction, experiment_uid, 1, count);
}

Result<std::vector<LeftOpen>> PostgresHistory::unreleased() {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_unreleased(transaction);
}

} // namespace pedigree::control
