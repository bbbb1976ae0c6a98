#include "operator/storage/postgres_state.h"

#include "lineage/ledger.h"
#include "operator/storage/row_codec.h"

namespace pedigree::control {
namespace {

Status insert_wanted(store::Transaction& transaction, const std::string& uid,
                     const std::string& key, Instant now) {
    TRY(transaction.execute("INSERT INTO activity (experiment_uid, key, state, outcome, "
                            "failure_class, reason, message, tries, wanted_at) "
                            "VALUES ($1, $2, 'Wanted', '', '', '', '', 0, $3) "
                            "ON CONFLICT DO NOTHING",
                            {uid, key, now}));
    return {};
}

} // namespace

// Events are appended and never changed, so those that were read before are not read again, as long
// as the last of them still stands in its place: the database may have been put back.
Result<std::vector<std::string>>
PostgresState::load_events(store::Transaction& transaction,
                           const experiment::ExperimentRow& experiment) {
    std::vector<std::string> events = known_events(experiment.uid);
    const auto known = static_cast<std::int64_t>(events.size());
    TRY(auto tail, select_search_events(transaction, experiment.uid, known, std::nullopt));
    const bool stands = known > 0 && !tail.empty() && tail.front() == events.back();
    if (stands) {
        events.insert(events.end(), tail.begin() + 1, tail.end());
    } else if (known > 0) {
        TRY(events, select_search_events(transaction, experiment.uid, 1, std::nullopt));
    } else {
        events = std::move(tail);
    }
    if (!stands || tail.size() > 1 || experiment.released) {
        remember_events(experiment, events);
    }
    return events;
}

std::vector<std::string> PostgresState::known_events(const std::string& experiment_uid) {
    const auto known = events_.lock();
    const auto found = known->find(experiment_uid);
    return found == known->end() ? std::vector<std::string>() : found->second;
}

void PostgresState::remember_events(const experiment::ExperimentRow& experiment,
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

Result<experiment::History> PostgresState::load(const std::string& experiment_uid) {
    TRY(auto transaction, pool_.begin({.isolation = store::Isolation::RepeatableRead,
                                       .access = store::Access::ReadOnly}));
    experiment::History history;
    TRY(history.experiment, select_experiment(transaction, experiment_uid));
    if (!history.experiment) {
        return history;
    }
    TRY(history.attempts, select_attempts(transaction, experiment_uid));
    if (history.experiment->max_trials > 0) {
        TRY(history.trials, select_trials(transaction, experiment_uid));
        TRY(history.search_events, load_events(transaction, *history.experiment));
    }
    TRY(auto activities, select_activities(transaction, experiment_uid));
    for (experiment::ActivityRow& row : activities) {
        std::string key = row.key;
        history.activities.emplace(std::move(key), std::move(row));
    }
    TRY(history.intents, select_intents(transaction, experiment_uid));
    return history;
}

Status PostgresState::commit(const std::string& experiment_uid, const experiment::Change& change,
                             const std::vector<records::Event>& events, Instant now) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    if (change.experiment) {
        TRY(upsert(transaction, *change.experiment));
    }
    for (const experiment::AttemptRow& row : change.attempts) {
        TRY(upsert(transaction, experiment_uid, row));
    }
    for (const experiment::TrialRow& row : change.trials) {
        TRY(upsert(transaction, experiment_uid, row));
    }
    TRY(append_search_events(transaction, experiment_uid, change.search_events_before,
                             change.search_events));
    for (const std::string& key : change.wanted) {
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

Result<std::vector<PendingActivity>> PostgresState::pending_activities() {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT DISTINCT experiment_uid FROM activity WHERE state = 'Wanted'"));
    TRY(const auto uids, rows.column<std::string>());
    std::vector<PendingActivity> pending;
    for (const std::string& uid : uids) {
        TRY(const auto experiment, select_experiment(transaction, uid));
        TRY(auto activities, select_activities(transaction, uid));
        for (experiment::ActivityRow& row : activities) {
            if (row.state == experiment::ActivityState::Wanted) {
                pending.push_back({uid, experiment->name_space, experiment->name, std::move(row)});
            }
        }
    }
    return pending;
}

Status PostgresState::finish_activity(const std::string& experiment_uid,
                                      const experiment::ActivityRow& row) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(upsert(transaction, experiment_uid, row));
    return transaction.commit();
}

Result<std::map<std::string, records::work::KnownLayer>>
PostgresState::known_layers(const std::string& repository, const std::string& tree) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query(
            "SELECT key, digest, diff_id, bytes, toc_digest FROM image_layer "
            "WHERE repository = $1 AND (key NOT LIKE 'code:%' OR key LIKE 'code:%:' || $2)",
            {repository, tree}));
    TRY(auto tuples, (rows.as<std::string, std::string, std::string, std::int64_t, std::string>()));
    std::map<std::string, records::work::KnownLayer> layers;
    for (auto& [key, digest, diff_id, bytes, toc_digest] : tuples) {
        layers[key] = {digest, diff_id, bytes, toc_digest};
    }
    return layers;
}

Status
PostgresState::remember_layers(const std::string& repository,
                               const std::map<std::string, records::work::KnownLayer>& layers) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    for (const auto& [key, layer] : layers) {
        TRY(transaction.execute(
            "INSERT INTO image_layer (repository, key, digest, diff_id, bytes, toc_digest) "
            "VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (repository, key) DO UPDATE SET "
            "digest = excluded.digest, diff_id = excluded.diff_id, "
            "bytes = excluded.bytes, toc_digest = excluded.toc_digest",
            {repository, key, layer.digest, layer.diff_id, layer.bytes, layer.toc_digest}));
    }
    return transaction.commit();
}

Result<std::string> PostgresState::base_inventory(const std::string& base) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT inventory FROM base_inventory WHERE base = $1", {base}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found ? std::get<0>(*found) : std::string();
}

Status PostgresState::remember_base_inventory(const std::string& base,
                                              const std::string& inventory) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute("INSERT INTO base_inventory (base, inventory) VALUES ($1, $2) "
                            "ON CONFLICT (base) DO UPDATE SET inventory = excluded.inventory "
                            "WHERE base_inventory.inventory::json->>'version' <> "
                            "excluded.inventory::json->>'version'",
                            {base, inventory}));
    return transaction.commit();
}

Result<std::string> PostgresState::wheel_plan(const WheelPlanPlace& place) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query(
            "SELECT plan FROM wheel_plan WHERE repository = $1 AND base = $2 AND lock = $3 "
            "AND layer_form = $4",
            {place.repository, place.base, place.lock, place.layer_form}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found ? std::get<0>(*found) : std::string();
}

Status PostgresState::remember_wheel_plan(const WheelPlanPlace& place, const std::string& plan) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute("INSERT INTO wheel_plan (repository, base, lock, layer_form, plan) "
                            "VALUES ($1,$2,$3,$4,$5) "
                            "ON CONFLICT (repository, base, lock, layer_form) DO UPDATE "
                            "SET plan = excluded.plan WHERE wheel_plan.plan <> excluded.plan",
                            {place.repository, place.base, place.lock, place.layer_form, plan}));
    return transaction.commit();
}

Result<std::map<std::string, records::work::DerivedWheel>>
PostgresState::derived_wheels(const DerivedWheelPlace& place) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT source, file_name, digest, bytes FROM derived_wheel "
                          "WHERE repository = $1 AND base = $2 AND recipe = $3",
                          {place.repository, place.base, place.recipe}));
    TRY(auto tuples, (rows.as<std::string, std::string, std::string, std::int64_t>()));
    std::map<std::string, records::work::DerivedWheel> wheels;
    for (auto& [source, file_name, digest, bytes] : tuples) {
        wheels[source] = {file_name, digest, bytes, ""};
    }
    return wheels;
}

Status PostgresState::remember_derived_wheels(
    const DerivedWheelPlace& place,
    const std::map<std::string, records::work::DerivedWheel>& wheels) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    for (const auto& [source, wheel] : wheels) {
        TRY(transaction.execute(
            "INSERT INTO derived_wheel (repository, base, recipe, source, file_name, digest, bytes) "
            "VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING",
            {place.repository, place.base, place.recipe, source, wheel.file_name, wheel.digest,
             wheel.bytes}));
    }
    return transaction.commit();
}

Result<bool> PostgresState::imports_known(const std::string& key) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows, transaction.query("SELECT key FROM good_imports WHERE key = $1", {key}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found.has_value();
}

Status PostgresState::remember_imports(const std::string& key, const std::string& experiment_uid) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute("INSERT INTO good_imports (key, experiment_uid) VALUES ($1, $2) "
                            "ON CONFLICT DO NOTHING",
                            {key, experiment_uid}));
    return transaction.commit();
}

Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
PostgresState::objective_points(const std::vector<std::string>& pod_uids) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    std::map<std::string, std::vector<experiment::ObjectivePoint>> points;
    for (const std::string& pod_uid : pod_uids) {
        TRY(points[pod_uid], select_objective_points(transaction, pod_uid));
    }
    return points;
}

Result<std::optional<experiment::ReusableTrial>>
PostgresState::find_trial(const std::string& fingerprint) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_same_trial(transaction, fingerprint);
}

Result<std::string> PostgresState::earlier_searches(const EarlierSearchQuery& query) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_earlier_searches(transaction, query);
}

Result<std::vector<std::string>> PostgresState::search_events(const std::string& experiment_uid,
                                                              std::int64_t count) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_search_events(transaction, experiment_uid, 1, count);
}

Result<std::vector<experiment::ExperimentRow>> PostgresState::unreleased() {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    return select_unreleased(transaction);
}

} // namespace pedigree::control
