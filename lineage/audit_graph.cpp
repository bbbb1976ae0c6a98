// verify_graph: the graph derived a second time, into temporary tables of the same names, by the
// code that wrote the first; then both are compared row by row.

#include "lineage/audit.h"

#include <array>
#include <bit>
#include <set>

#include <fmt/format.h>

#include "lineage/graph_writer.h"
#include "lineage/ledger_page.h"
#include "lineage/merkle.h"

namespace pedigree::lineage {
namespace {

constexpr std::string_view temporary_tables =
    "SET LOCAL search_path = pg_temp, pedigree;"
    "SET LOCAL statement_timeout = 0;"
    "CREATE TEMPORARY TABLE node (LIKE pedigree.node INCLUDING ALL) ON COMMIT DROP;"
    "CREATE TEMPORARY TABLE node_namespace (LIKE pedigree.node_namespace INCLUDING ALL) "
    "ON COMMIT DROP;"
    "CREATE TEMPORARY TABLE node_attribute (LIKE pedigree.node_attribute INCLUDING ALL) "
    "ON COMMIT DROP;"
    "CREATE TEMPORARY TABLE edge (LIKE pedigree.edge INCLUDING ALL) ON COMMIT DROP;"
    "CREATE TEMPORARY TABLE gap (LIKE pedigree.gap INCLUDING ALL) ON COMMIT DROP";

// What each table says, as (entry, text) without its own node numbers; {0} is the schema. The outer
// joins keep rows whose node does not exist.
constexpr std::array<std::string_view, 5> sayings{
    "SELECT x.first_seq AS entry, concat_ws(' ', 'node', x.kind, x.key) AS said FROM {0}.node x",
    "SELECT x.seq AS entry, concat_ws(' ', 'namespace', n.kind, n.key, x.namespace) AS said "
    "FROM {0}.node_namespace x LEFT JOIN {0}.node n ON n.id = x.node",
    "SELECT x.seq AS entry, concat_ws(' ', 'attribute', n.kind, n.key, x.name, x.scope, x.value, "
    "x.commitment) AS said FROM {0}.node_attribute x LEFT JOIN {0}.node n ON n.id = x.node",
    "SELECT x.seq AS entry, concat_ws(' ', 'edge', s.kind, s.key, x.relation, d.kind, d.key, "
    "x.scope, x.asserted, x.role) AS said FROM {0}.edge x LEFT JOIN {0}.node s ON s.id = x.src "
    "LEFT JOIN {0}.node d ON d.id = x.dst",
    "SELECT x.seq AS entry, concat_ws(' ', 'gap', x.position, x.kind, n.kind, n.key, x.scope, "
    "x.sentence) AS said FROM {0}.gap x LEFT JOIN {0}.node n ON n.id = x.subject"};

// Temporary tables are not analysed by the server; without their sizes it plans for empty ones.
constexpr std::string_view analyze_tables =
    "ANALYZE node; ANALYZE node_namespace; ANALYZE node_attribute; ANALYZE edge; ANALYZE gap";

Status derive(store::Transaction& transaction, AuditReport& report) {
    for (std::uint64_t page = 1;; ++page) {
        if (std::has_single_bit(page)) {
            TRY(transaction.run_script(analyze_tables));
        }
        TRY(const auto entries, ledger_page(transaction, report.size));
        if (entries.empty()) {
            TRY(transaction.run_script(analyze_tables));
            return {};
        }
        std::set<Scope> scopes;
        std::vector<NumberedProjection> derived;
        for (const LedgerEntry& entry : entries) {
            derived.push_back({entry.seq, 0, projection_of(entry)});
            scopes.insert(
                {derived.back().projection.name_space, derived.back().projection.experiment_uid});
        }
        TRY(auto numbers, find_scopes(transaction, scopes));
        for (NumberedProjection& one : derived) {
            one.scope = numbers[{one.projection.name_space, one.projection.experiment_uid}];
        }
        TRY(write_graph(transaction, derived));
        report.size = entries.back().seq;
    }
}

// What `one` says and `other` does not.
Status compare(store::Transaction& transaction, std::string_view saying, FindingKind kind,
               AuditReport& report) {
    const bool missing = kind == FindingKind::GraphRowMissing;
    const auto in = [&](std::string_view schema) {
        return fmt::format(fmt::runtime(saying), schema);
    };
    TRY(const auto rows,
        transaction.query(fmt::format("SELECT entry, left(said, 400) FROM (({}) EXCEPT ({})) x "
                                      "ORDER BY entry, said LIMIT {}",
                                      in(missing ? "pg_temp" : "pedigree"),
                                      in(missing ? "pedigree" : "pg_temp"), findings_max)));
    TRY(const auto found, (rows.as<std::int64_t, std::string>()));
    for (const auto& [entry, said] : found) {
        if (report.findings.size() < findings_max) {
            report.findings.push_back(
                {kind, entry,
                 fmt::format(fmt::runtime(missing
                                              ? "the graph lacks what entry {} says: {}"
                                              : "the graph says of entry {} what is not in it: {}"),
                             entry, said)});
        }
    }
    return {};
}

} // namespace

Result<AuditReport> verify_graph(store::Transaction& transaction) {
    AuditReport report;
    TRY(transaction.run_script(temporary_tables));
    TRY(derive(transaction, report));
    for (const std::string_view saying : sayings) {
        TRY(compare(transaction, saying, FindingKind::GraphRowMissing, report));
        TRY(compare(transaction, saying, FindingKind::GraphRowInvented, report));
    }
    TRY(transaction.run_script("SET LOCAL search_path = pedigree, pg_temp"));
    return report;
}

} // namespace pedigree::lineage
