#include "lineage/made_by.h"

#include <cstdint>

namespace pedigree::lineage {

Result<std::vector<std::string>> attempts_that_made(store::Transaction& transaction,
                                                    std::string_view name_space,
                                                    std::string_view digest,
                                                    std::size_t count_max) {
    TRY(const auto rows,
        transaction.query(
            "SELECT a.key FROM node m "
            "JOIN node_kind mk ON mk.id = m.kind "
            "AND mk.word IN ('Model', 'Checkpoint', 'Artifact') "
            "JOIN edge e ON e.src = m.id "
            "JOIN relation l ON l.id = e.relation AND l.word = 'GeneratedBy' "
            "JOIN node a ON a.id = e.dst "
            "JOIN node_kind ak ON ak.id = a.kind AND ak.word = 'Attempt' "
            "JOIN scope s ON s.id = e.scope "
            "JOIN namespace p ON p.id = s.namespace AND p.name = $1 "
            "WHERE m.key = $2 GROUP BY a.id, a.key "
            "ORDER BY max(e.seq) DESC, a.id DESC LIMIT $3",
            {std::string(name_space), std::string(digest), static_cast<std::int64_t>(count_max)}));
    TRY(const auto found, (rows.as<std::string>()));
    std::vector<std::string> attempts;
    for (const auto& [attempt] : found) {
        attempts.push_back(attempt);
    }
    return attempts;
}

} // namespace pedigree::lineage
