#include "operator/storage/row_codec.h"

#include "operator/storage/tables.h"

namespace pedigree::control {
namespace {

template <typename Row>
Result<std::optional<Row>> first_of(Result<std::vector<Row>> rows) {
    TRY(auto all, std::move(rows));
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

template <typename Table>
Result<store::Rows> rows_of(store::Transaction& transaction, const Table& table,
                            const std::string& uid, std::string_view order) {
    return transaction.query(select(table) + "WHERE experiment_uid = $1 " + std::string(order),
                             {uid});
}

} // namespace

Result<std::optional<experiment::ExperimentRow>> select_experiment(store::Transaction& transaction,
                                                                   const std::string& uid) {
    TRY(const auto rows, transaction.query(select(experiments_table) + "WHERE uid = $1", {uid}));
    return first_of(read(experiments_table, rows));
}

Result<std::vector<LeftOpen>> select_unreleased(store::Transaction& transaction) {
    TRY(const auto rows,
        transaction.query("SELECT uid, namespace, name FROM experiment "
                          "WHERE NOT released OR uid IN (SELECT experiment_uid FROM attempt "
                          "WHERE stage NOT IN ('Released', 'Deleted'))"));
    TRY(const auto found, (rows.as<std::string, std::string, std::string>()));
    std::vector<LeftOpen> left;
    for (const auto& [uid, name_space, name] : found) {
        left.push_back({uid, name_space, name});
    }
    return left;
}

Result<std::optional<experiment::ExperimentRow>>
select_experiment_by_name(store::Transaction& transaction, const std::string& name_space,
                          const std::string& name) {
    TRY(const auto rows,
        transaction.query(select(experiments_table) + "WHERE namespace = $1 AND name = $2 "
                                                      "ORDER BY accepted_at DESC LIMIT 1",
                          {name_space, name}));
    return first_of(read(experiments_table, rows));
}

Result<std::vector<experiment::AttemptRow>> select_attempts(store::Transaction& transaction,
                                                            const std::string& uid) {
    TRY(const auto rows, rows_of(transaction, attempts_table, uid, "ORDER BY trial, number"));
    return read(attempts_table, rows);
}

Result<std::vector<experiment::TrialRow>> select_trials(store::Transaction& transaction,
                                                        const std::string& uid) {
    TRY(const auto rows, rows_of(transaction, trials_table, uid, "ORDER BY number"));
    return read(trials_table, rows);
}

Result<std::vector<experiment::ActivityRow>> select_activities(store::Transaction& transaction,
                                                               const std::string& uid) {
    TRY(const auto rows, rows_of(transaction, activities_table, uid, ""));
    return read(activities_table, rows);
}

Result<std::vector<experiment::IntentRow>> select_intents(store::Transaction& transaction,
                                                          const std::string& uid) {
    TRY(const auto rows, rows_of(transaction, intents_table, uid, ""));
    return read(intents_table, rows);
}

Status upsert(store::Transaction& transaction, const experiment::ExperimentRow& row) {
    TRY(transaction.execute(upsert(experiments_table), parameters(experiments_table, "", row)));
    return {};
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::AttemptRow& row) {
    TRY(transaction.execute(upsert(attempts_table), parameters(attempts_table, uid, row)));
    return {};
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::TrialRow& row) {
    TRY(transaction.execute(upsert(trials_table), parameters(trials_table, uid, row)));
    return {};
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::ActivityRow& row) {
    TRY(transaction.execute(upsert(activities_table), parameters(activities_table, uid, row)));
    return {};
}

Status write_intent(store::Transaction& transaction, const std::string& uid,
                    const experiment::IntentRow& row, Instant now) {
    if (row.open) {
        TRY(transaction.execute("INSERT INTO intent (experiment_uid, effect, target, opened_at, "
                                "nonce) VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING",
                                {uid, row.effect, row.target, now, row.nonce}));
        return {};
    }
    TRY(transaction.execute(
        "DELETE FROM intent WHERE experiment_uid = $1 AND effect = $2 AND target = $3",
        {uid, row.effect, row.target}));
    return {};
}

} // namespace pedigree::control
