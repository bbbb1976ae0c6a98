#include "lineage/scopes.h"

#include <vector>

namespace pedigree::lineage {

namespace {

struct Columns {
    std::vector<std::string> namespaces;
    std::vector<std::string> experiments;
};

Columns columns_of(const std::set<Scope>& scopes) {
    Columns columns;
    for (const Scope& scope : scopes) {
        columns.namespaces.push_back(scope.name_space);
        columns.experiments.push_back(scope.experiment_uid);
    }
    return columns;
}

} // namespace

Result<std::map<Scope, std::int64_t>> find_scopes(store::Transaction& transaction,
                                                  const std::set<Scope>& scopes) {
    const auto [namespaces, experiments] = columns_of(scopes);
    TRY(const auto rows,
        transaction.query("SELECT n.name, s.experiment, s.id "
                          "FROM unnest($1::text[], $2::text[]) u(name, experiment) "
                          "JOIN namespace n ON n.name = u.name "
                          "JOIN scope s ON s.namespace = n.id AND s.experiment = u.experiment",
                          {namespaces, experiments}));
    TRY(const auto found, (rows.as<std::string, std::string, std::int64_t>()));
    std::map<Scope, std::int64_t> numbers;
    for (const auto& [name_space, experiment, id] : found) {
        numbers[{name_space, experiment}] = id;
    }
    return numbers;
}

// NOT EXISTS beside ON CONFLICT keeps the identity columns from being used up by repeats.
Result<std::map<Scope, std::int64_t>> number_scopes(store::Transaction& transaction,
                                                    const std::set<Scope>& scopes) {
    const auto [namespaces, experiments] = columns_of(scopes);
    TRY(transaction.execute(
        "INSERT INTO namespace (name) SELECT DISTINCT u.name FROM unnest($1::text[]) u(name) "
        "WHERE NOT EXISTS (SELECT FROM namespace n WHERE n.name = u.name) ON CONFLICT DO NOTHING",
        {namespaces}));
    TRY(transaction.execute(
        "INSERT INTO scope (namespace, experiment) SELECT n.id, u.experiment "
        "FROM unnest($1::text[], $2::text[]) u(name, experiment) "
        "JOIN namespace n ON n.name = u.name WHERE NOT EXISTS (SELECT FROM scope s "
        "WHERE s.namespace = n.id AND s.experiment = u.experiment) ON CONFLICT DO NOTHING",
        {namespaces, experiments}));
    return find_scopes(transaction, scopes);
}

} // namespace pedigree::lineage
