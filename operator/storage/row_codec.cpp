#include "operator/storage/row_codec.h"

#include <string_view>

namespace pedigree::control {
namespace {

constexpr std::string_view experiment_columns =
    "uid, namespace, name, project, spec, spec_hash, requested_by, accepted_at, commit, tree, "
    "lock_digest, image, image_digest, base_digest, imports_checked, tracker_experiment_id, parent_run_id, outcome, "
    "failure_class, reason, message, finished_at, max_trials, extensions, "
    "earlier_searches, best_trial, best_value, "
    "tracker_closed, released";

Status set(FailureClass& member, const std::string& word) {
    const auto known = from_word<FailureClass>(word);
    member = known.value_or(FailureClass::None);
    return known ? Status{}
                 : failure(ErrorCode::Corrupt, "failure class \"" + word + "\" is unknown");
}

Result<std::vector<experiment::ExperimentRow>> experiments_from(const store::Rows& rows) {
    using std::string;
    TRY(auto tuples, (rows.as<string, string, string, string, string, string, string, Instant,
                              string, string, string, string, string, string, bool, string, string,
                              string, string, string, string, std::optional<Instant>, std::int64_t,
                              std::int64_t, string, std::int64_t, string, bool, bool>()));
    std::vector<experiment::ExperimentRow> out;
    for (auto& tuple : tuples) {
        experiment::ExperimentRow row;
        std::string outcome, failure_class;
        std::tie(row.uid, row.name_space, row.name, row.project, row.spec_json, row.spec_hash,
                 row.requested_by, row.accepted_at, row.commit, row.tree, row.lock_digest,
                 row.image, row.image_digest, row.base_digest, row.imports_checked,
                 row.tracker_experiment_id, row.parent_run_id, outcome, failure_class, row.reason,
                 row.message, row.finished_at, row.max_trials, row.extensions, row.earlier_searches,
                 row.best_trial, row.best_value, row.tracker_closed, row.released) =
            std::move(tuple);
        const auto known = from_word<experiment::Outcome>(outcome);
        if (!known) {
            return failure(ErrorCode::Corrupt, "outcome \"" + outcome + "\" is unknown");
        }
        row.outcome = *known;
        TRY(set(row.failure_class, failure_class));
        out.push_back(std::move(row));
    }
    return out;
}

Result<std::optional<experiment::ExperimentRow>>
first_of(Result<std::vector<experiment::ExperimentRow>> rows) {
    TRY(auto all, std::move(rows));
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

std::string select_from_experiment(std::string_view rest) {
    return "SELECT " + std::string(experiment_columns) + " FROM experiment " + std::string(rest);
}

} // namespace

Result<std::optional<experiment::ExperimentRow>> select_experiment(store::Transaction& transaction,
                                                                   const std::string& uid) {
    TRY(const auto rows, transaction.query(select_from_experiment("WHERE uid = $1"), {uid}));
    return first_of(experiments_from(rows));
}

Result<std::vector<experiment::ExperimentRow>> select_unreleased(store::Transaction& transaction) {
    TRY(const auto rows, transaction.query(select_from_experiment(
                             "WHERE NOT released OR uid IN (SELECT experiment_uid FROM attempt "
                             "WHERE stage NOT IN ('Released', 'Deleted'))")));
    return experiments_from(rows);
}

Result<std::optional<experiment::ExperimentRow>>
select_experiment_by_name(store::Transaction& transaction, const std::string& name_space,
                          const std::string& name) {
    TRY(const auto rows,
        transaction.query(select_from_experiment("WHERE namespace = $1 AND name = $2 "
                                                 "ORDER BY accepted_at DESC LIMIT 1"),
                          {name_space, name}));
    return first_of(experiments_from(rows));
}

Result<std::vector<experiment::AttemptRow>> select_attempts(store::Transaction& transaction,
                                                            const std::string& uid) {
    using std::string;
    TRY(const auto rows,
        transaction.query(
            "SELECT trial, number, stage, job_name, job_uid, pod_uid, pod_name, "
            "node_name, memory, failure_class, reason, message, exit_code, trained, "
            "bundle_digest, objective, planned_at, started_at, ended_at, gaps, "
            "models, stop_reason FROM attempt WHERE experiment_uid = $1 ORDER BY trial, number",
            {uid}));
    TRY(auto tuples, (rows.as<std::int64_t, std::int64_t, string, string, string, string, string,
                              string, string, string, string, string, std::int64_t, bool, string,
                              string, std::optional<Instant>, std::optional<Instant>,
                              std::optional<Instant>, std::int64_t, std::int64_t, string>()));
    std::vector<experiment::AttemptRow> out;
    for (auto& tuple : tuples) {
        experiment::AttemptRow row;
        std::string stage, failure_class, stop_reason;
        std::tie(row.trial, row.number, stage, row.job_name, row.job_uid, row.pod_uid, row.pod_name,
                 row.node_name, row.memory, failure_class, row.reason, row.message, row.exit_code,
                 row.trained, row.bundle_digest, row.objective, row.planned_at, row.started_at,
                 row.ended_at, row.gaps, row.models, stop_reason) = std::move(tuple);
        const auto known = from_word<experiment::AttemptStage>(stage);
        if (!known) {
            return failure(ErrorCode::Corrupt, "attempt stage \"" + stage + "\" is unknown");
        }
        row.stage = *known;
        TRY(set(row.failure_class, failure_class));
        const auto stop = from_word<experiment::StopReason>(stop_reason);
        if (!stop) {
            return failure(ErrorCode::Corrupt, "stop reason \"" + stop_reason + "\" is unknown");
        }
        row.stop_reason = *stop;
        out.push_back(std::move(row));
    }
    return out;
}

Result<std::vector<experiment::ActivityRow>> select_activities(store::Transaction& transaction,
                                                               const std::string& uid) {
    using std::string;
    // The account of an attempt that is over stands in the ledger: it is not moved at each look.
    TRY(const auto rows,
        transaction.query("SELECT key, state, CASE WHEN split_part(key, '/', 2) IN (SELECT "
                          "'attempt-' || trial || '-' || number FROM attempt WHERE "
                          "experiment_uid = $1 AND stage IN ('Released', 'Deleted')) THEN '' "
                          "ELSE outcome END, failure_class, reason, message, tries, "
                          "wanted_at, not_before FROM activity WHERE experiment_uid = $1",
                          {uid}));
    TRY(auto tuples, (rows.as<string, string, string, string, string, string, std::int64_t, Instant,
                              std::optional<Instant>>()));
    std::vector<experiment::ActivityRow> out;
    for (auto& tuple : tuples) {
        experiment::ActivityRow row;
        std::string state, failure_class;
        std::tie(row.key, state, row.outcome_json, failure_class, row.reason, row.message,
                 row.tries, row.wanted_at, row.not_before) = std::move(tuple);
        TRY(set(row.failure_class, failure_class));
        const auto known = from_word<experiment::ActivityState>(state);
        if (!known) {
            return failure(ErrorCode::Corrupt, "activity state \"" + state + "\" is unknown");
        }
        row.state = *known;
        out.push_back(std::move(row));
    }
    return out;
}

Result<std::vector<experiment::IntentRow>> select_intents(store::Transaction& transaction,
                                                          const std::string& uid) {
    TRY(const auto rows,
        transaction.query("SELECT effect, target FROM intent WHERE experiment_uid = $1", {uid}));
    TRY(auto tuples, (rows.as<std::string, std::string>()));
    std::vector<experiment::IntentRow> out;
    for (auto& [effect, target] : tuples) {
        out.push_back({std::move(effect), std::move(target), true});
    }
    return out;
}

Status upsert(store::Transaction& transaction, const experiment::ExperimentRow& row) {
    TRY(transaction.execute(
        "INSERT INTO experiment (" + std::string(experiment_columns) +
            ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,"
            "$22,$23,$24,$25,$26,$27,$28,$29) ON CONFLICT (uid) DO UPDATE SET commit = excluded.commit, "
            "tree = excluded.tree, lock_digest = excluded.lock_digest, image = excluded.image, "
            "image_digest = excluded.image_digest, base_digest = excluded.base_digest, "
            "imports_checked = excluded.imports_checked, "
            "tracker_experiment_id = excluded.tracker_experiment_id, "
            "parent_run_id = excluded.parent_run_id, outcome = excluded.outcome, "
            "failure_class = excluded.failure_class, reason = excluded.reason, "
            "message = excluded.message, finished_at = excluded.finished_at, "
            "max_trials = excluded.max_trials, extensions = excluded.extensions, "
            "best_trial = excluded.best_trial, best_value = excluded.best_value, "
            "tracker_closed = excluded.tracker_closed, released = excluded.released",
        {row.uid,
         row.name_space,
         row.name,
         row.project,
         row.spec_json,
         row.spec_hash,
         row.requested_by,
         row.accepted_at,
         row.commit,
         row.tree,
         row.lock_digest,
         row.image,
         row.image_digest,
         row.base_digest,
         row.imports_checked,
         row.tracker_experiment_id,
         row.parent_run_id,
         to_string(row.outcome),
         to_string(row.failure_class),
         row.reason,
         row.message,
         row.finished_at,
         row.max_trials,
         row.extensions,
         row.earlier_searches,
         row.best_trial,
         row.best_value,
         row.tracker_closed,
         row.released}));
    return {};
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::AttemptRow& row) {
    TRY(transaction.execute(
        "INSERT INTO attempt (experiment_uid, trial, number, stage, job_name, job_uid, pod_uid, "
        "pod_name, node_name, memory, failure_class, reason, message, exit_code, trained, "
        "bundle_digest, objective, planned_at, started_at, ended_at, gaps, models, stop_reason) VALUES "
        "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23) "
        "ON CONFLICT (experiment_uid, trial, number) DO UPDATE SET stage = excluded.stage, "
        "job_uid = excluded.job_uid, pod_uid = excluded.pod_uid, pod_name = excluded.pod_name, "
        "node_name = excluded.node_name, failure_class = excluded.failure_class, "
        "reason = excluded.reason, message = excluded.message, exit_code = excluded.exit_code, "
        "trained = excluded.trained, bundle_digest = excluded.bundle_digest, "
        "objective = excluded.objective, started_at = excluded.started_at, ended_at = excluded.ended_at, gaps = excluded.gaps, "
        "models = excluded.models, stop_reason = excluded.stop_reason",
        {uid,
         row.trial,
         row.number,
         to_string(row.stage),
         row.job_name,
         row.job_uid,
         row.pod_uid,
         row.pod_name,
         row.node_name,
         row.memory,
         to_string(row.failure_class),
         row.reason,
         row.message,
         row.exit_code,
         row.trained,
         row.bundle_digest,
         row.objective,
         row.planned_at,
         row.started_at,
         row.ended_at,
         row.gaps,
         row.models,
         to_string(row.stop_reason)}));
    return {};
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::ActivityRow& row) {
    TRY(transaction.execute(
        "INSERT INTO activity (experiment_uid, key, state, outcome, failure_class, reason, message, "
        "tries, wanted_at, not_before) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) "
        "ON CONFLICT (experiment_uid, key) DO UPDATE SET state = excluded.state, "
        "outcome = excluded.outcome, failure_class = excluded.failure_class, "
        "reason = excluded.reason, message = excluded.message, tries = excluded.tries, "
        "not_before = excluded.not_before",
        {uid, row.key, to_string(row.state), row.outcome_json, to_string(row.failure_class),
         row.reason, row.message, row.tries, row.wanted_at, row.not_before}));
    return {};
}

Status write_intent(store::Transaction& transaction, const std::string& uid,
                    const experiment::IntentRow& row, Instant now) {
    if (row.open) {
        TRY(transaction.execute("INSERT INTO intent (experiment_uid, effect, target, opened_at) "
                                "VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING",
                                {uid, row.effect, row.target, now}));
        return {};
    }
    TRY(transaction.execute(
        "DELETE FROM intent WHERE experiment_uid = $1 AND effect = $2 AND target = $3",
        {uid, row.effect, row.target}));
    return {};
}

} // namespace pedigree::control
