#include "lineage/run_places.h"

#include <fmt/format.h>

namespace pedigree::lineage {
namespace {

// The newest number that the scope gives a node.
constexpr std::string_view number_sql =
    "coalesce((SELECT n.value::bigint FROM node_attribute n WHERE n.node = {0}.dst "
    "AND n.scope = {0}.scope AND n.name = 'number' AND jsonb_typeof(n.value) = 'number' "
    "ORDER BY n.seq DESC LIMIT 1), 0)";

std::string statement() {
    return fmt::format("SELECT DISTINCT ON (e.src, e.scope) e.src, e.scope, a.key, {}, "
                       "coalesce((SELECT {} FROM edge p JOIN node t ON t.id = p.dst "
                       "WHERE p.src = e.dst AND p.scope = e.scope "
                       "AND t.kind = (SELECT id FROM node_kind WHERE word = 'Trial') "
                       "AND p.relation = (SELECT id FROM relation WHERE word = 'PartOf') "
                       "ORDER BY p.seq LIMIT 1), 0) "
                       "FROM edge e JOIN node a ON a.id = e.dst "
                       "WHERE e.src = ANY($1::bigint[]) "
                       "AND a.kind = (SELECT id FROM node_kind WHERE word = 'Attempt') "
                       "AND e.relation = (SELECT id FROM relation WHERE word = 'GeneratedBy') "
                       "ORDER BY e.src, e.scope, e.seq, a.id",
                       fmt::format(number_sql, "e"), fmt::format(number_sql, "p"));
}

} // namespace

Result<std::map<std::pair<NodeId, ScopeId>, RunPlace>>
places_of_runs(store::Transaction& transaction, const std::vector<NodeId>& runs) {
    TRY(const auto rows, transaction.query(statement(), {runs}));
    TRY(const auto found,
        (rows.as<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t>()));
    std::map<std::pair<NodeId, ScopeId>, RunPlace> places;
    for (const auto& [run, scope, pod_uid, attempt, trial] : found) {
        places[{run, scope}] = {trial, attempt, pod_uid};
    }
    return places;
}

} // namespace pedigree::lineage
