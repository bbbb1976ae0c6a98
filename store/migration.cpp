#include "store/migration.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "store/pool.h"

namespace pedigree::store {
namespace {

constexpr std::chrono::minutes migration_time_max{30};

struct Applied {
    std::string name;
    Digest sha256;
};
using AppliedKey = std::pair<std::string, int>; // set, number
using AppliedMigrations = std::map<AppliedKey, Applied>;

struct Step {
    std::string_view set;
    Migration migration;
};

Result<AppliedMigrations> read_applied(Transaction& transaction) {
    AppliedMigrations applied;
    TRY(const auto found, transaction.query("SELECT to_regclass($1) IS NOT NULL",
                                            {fmt::format("{}.schema_migration", schema_name)}));
    TRY(const bool exists, found.value<bool>());
    if (!exists) {
        return applied; // the first file creates it
    }
    TRY(const auto rows,
        transaction.query("SELECT set_name, number, name, sha256 FROM schema_migration"));
    TRY(const auto entries, (rows.as<std::string, int, std::string, Digest>()));
    for (const auto& [set, number, name, sha256] : entries) {
        applied[{set, number}] = {name, sha256};
    }
    return applied;
}

Status check_known(const AppliedMigrations& applied, const std::vector<MigrationSet>& sets) {
    for (const auto& [key, entry] : applied) {
        const auto set = std::find_if(sets.begin(), sets.end(),
                                      [&](const auto& known) { return known.name == key.first; });
        const bool known = set != sets.end() &&
                           std::any_of(set->migrations.begin(), set->migrations.end(),
                                       [&](const auto& one) { return one.number == key.second; });
        if (!known) {
            return failure(
                ErrorCode::Conflict,
                fmt::format("the database has migration {}/{}, which this build does not "
                            "know: it is newer; run the build that made it, or a later one",
                            key.first, entry.name));
        }
    }
    return {};
}

// What is left to do, in order; pure.
Result<std::vector<Step>> plan(const AppliedMigrations& applied,
                               const std::vector<MigrationSet>& sets) {
    TRY(check_known(applied, sets));
    std::vector<Step> steps;
    for (const MigrationSet& set : sets) {
        bool missing_before = false;
        for (const Migration& migration : set.migrations) {
            const auto done = applied.find({std::string(set.name), migration.number});
            if (done == applied.end()) {
                missing_before = true;
                steps.push_back({set.name, migration});
            } else if (done->second.sha256 != sha256(migration.sql)) {
                return failure(ErrorCode::Conflict,
                               fmt::format("migration {}/{} was changed after it had been applied; "
                                           "put it back and add a new one",
                                           set.name, migration.name));
            } else if (missing_before) {
                return failure(ErrorCode::Conflict,
                               fmt::format("migration {}/{} is applied but one before it is not; "
                                           "number new migrations after it",
                                           set.name, migration.name));
            }
        }
    }
    return steps;
}

Status apply(Transaction& transaction, const Step& step) {
    const auto context = [&](Error error) {
        return tl::unexpected(
            std::move(error).within(fmt::format("migration {}/{}", step.set, step.migration.name)));
    };
    if (auto done = transaction.run_script(step.migration.sql); !done) {
        return context(std::move(done).error());
    }
    auto noted =
        transaction.execute("INSERT INTO schema_migration (set_name, number, name, sha256, build) "
                            "VALUES ($1, $2, $3, $4, $5)",
                            {step.set, step.migration.number, step.migration.name,
                             sha256(step.migration.sql), PEDIGREE_VERSION});
    return noted ? Status{} : context(std::move(noted).error());
}

PoolOptions migration_pool() {
    PoolOptions options{.connections_max = 1, .connect = {}};
    options.connect.application_name = "pedigree-migrate";
    options.connect.statement_timeout = migration_time_max;
    options.connect.lock_timeout = std::chrono::minutes(1);
    return options;
}

} // namespace

Result<int> migrate(const Secret& dsn, const std::vector<MigrationSet>& sets) {
    Pool pool(dsn, migration_pool());
    TRY(auto transaction, pool.begin());
    TRY(transaction.lock(AdvisoryLock::named("pedigree/migration")));
    TRY(const auto applied, read_applied(transaction));
    TRY(const auto steps, plan(applied, sets));
    if (!applied.empty() && !steps.empty()) {
        TRY(transaction.run_script("SET LOCAL ROLE pedigree_owner")); // as the first file does
    }
    for (const Step& step : steps) {
        TRY(apply(transaction, step));
    }
    TRY(transaction.commit());
    return static_cast<int>(steps.size());
}

Status check_schema(const Secret& dsn, const std::vector<MigrationSet>& sets) {
    Pool pool(dsn, migration_pool());
    TRY(auto transaction, pool.begin({.access = Access::ReadOnly}));
    TRY(const auto applied, read_applied(transaction));
    TRY(const auto steps, plan(applied, sets));
    if (!steps.empty()) {
        return failure(ErrorCode::Conflict,
                       fmt::format("the database lacks migration {}/{}; run the migration first",
                                   steps.front().set, steps.front().migration.name));
    }
    return {};
}

} // namespace pedigree::store
