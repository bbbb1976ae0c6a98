#include "lineage/attempt_runs.h"

#include "records/run_key.h"

namespace pedigree::lineage {

Result<std::map<std::string, std::vector<std::string>>>
runs_of_attempts(store::Transaction& transaction, const std::vector<std::string>& attempts) {
    TRY(const auto rows,
        transaction.query("SELECT a.key, r.key FROM node a "
                          "JOIN node_kind ak ON ak.id = a.kind AND ak.word = 'Attempt' "
                          "JOIN edge e ON e.dst = a.id "
                          "JOIN relation l ON l.id = e.relation AND l.word = 'GeneratedBy' "
                          "JOIN node r ON r.id = e.src "
                          "JOIN node_kind rk ON rk.id = r.kind AND rk.word = 'Run' "
                          "WHERE a.key = ANY($1::text[]) "
                          "GROUP BY a.key, r.key, r.id ORDER BY min(e.seq), r.id",
                          {attempts}));
    TRY(const auto found, (rows.as<std::string, std::string>()));
    std::map<std::string, std::vector<std::string>> runs;
    for (const auto& [attempt, run] : found) {
        runs[attempt].emplace_back(records::run_id_of(run));
    }
    return runs;
}

} // namespace pedigree::lineage
