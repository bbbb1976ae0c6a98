#include "lineage/scopes.h"

#include <vector>

namespace pedigree::lineage {

// NOT EXISTS beside ON CONFLICT keeps the identity columns from being used up by repeats.
Result<std::map<Scope, std::int64_t>> number_scopes(store::Transaction& transaction,
                                                    const std::set<Scope>& scopes) {
    std::vector<std::string> namespaces;
    std::vector<std::string> experiments;
    for (const Scope& scope : scopes) {
        namespaces.push_back(scope.name_space);
        experiments.push_back(scope.experiment_uid);
    }
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

} // namespace pedigree::lineage
