#include "lineage/graph_reader.h"

#include <fmt/format.h>

#include "lineage/projection.h"
#include "records/run_key.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;

// Where a statement is cut to what may be seen, $1 is the ledger position and $2 the namespaces
// (NULL: every one).
constexpr std::string_view shown_sql = "($2::bigint[] IS NULL OR {} = ANY($2))";

std::string shown(std::string_view namespace_column) {
    return fmt::format(fmt::runtime(shown_sql), namespace_column);
}

// Edges `e` as they are read by read_edges(); one row where several entries say the same.
std::string select_edges(std::string_view from_and_where, std::size_t limit) {
    return fmt::format(
        "SELECT e.src, e.dst, sk.word, dk.word, r.word, w.word, e.scope, {} AS shown {} "
        "GROUP BY e.src, e.dst, sk.word, dk.word, r.word, w.word, e.scope, s.namespace "
        "ORDER BY min(e.seq), e.src, e.dst, r.word LIMIT {}",
        shown("s.namespace"), from_and_where, limit);
}

constexpr std::string_view edge_joins =
    "JOIN scope s ON s.id = e.scope JOIN relation r ON r.id = e.relation "
    "JOIN asserted w ON w.id = e.asserted JOIN node sn ON sn.id = e.src "
    "JOIN node_kind sk ON sk.id = sn.kind JOIN node dn ON dn.id = e.dst "
    "JOIN node_kind dk ON dk.id = dn.kind";

// Content that the scope has causes for is followed to those, other content and acts to all.
constexpr std::string_view ancestors_sql =
    "FROM (WITH place AS MATERIALIZED (SELECT node, scope, content AND EXISTS (SELECT FROM edge o "
    "WHERE o.src = node AND o.scope = p.scope AND o.seq <= $1) AS own "
    "FROM unnest($3::bigint[], $4::bigint[], $5::boolean[]) p(node, scope, content)) "
    "SELECT x.* FROM place p JOIN edge x ON x.src = p.node AND x.scope = p.scope "
    "WHERE p.own AND x.seq <= $1 UNION "
    "SELECT x.* FROM place p JOIN edge x ON x.src = p.node WHERE NOT p.own AND x.seq <= $1) e ";

// The same rule from the other end: an effect's scope that has causes of its own for the content
// does not follow from another scope's.
constexpr std::string_view descendants_sql =
    "FROM (SELECT DISTINCT x.* FROM unnest($3::bigint[], $4::bigint[], $5::boolean[]) "
    "p(node, scope, content) JOIN edge x ON x.dst = p.node WHERE x.seq <= $1 AND (NOT p.content "
    "OR p.scope = 0 OR x.scope = p.scope OR NOT EXISTS (SELECT FROM edge o WHERE o.src = p.node "
    "AND o.scope = x.scope AND o.seq <= $1))) e ";

// What the places' own scopes say of a node; of a node of which they say nothing, what was said
// last.
constexpr int newest_attributes_max = 200;
constexpr std::string_view attributes_sql =
    "WITH place AS MATERIALIZED (SELECT * FROM unnest($3::bigint[], $4::bigint[]) p(node, scope)), "
    "own AS MATERIALIZED (SELECT a.* FROM place p JOIN node_attribute a ON a.node = p.node "
    "AND a.scope = p.scope WHERE a.seq <= $1), "
    "newest AS (SELECT a.* FROM (SELECT node FROM place EXCEPT SELECT node FROM own) p "
    "CROSS JOIN LATERAL (SELECT x.* FROM node_attribute x JOIN scope s ON s.id = x.scope "
    "WHERE x.node = p.node AND x.seq <= $1 AND {shown} ORDER BY x.seq DESC LIMIT {newest}) a) "
    "SELECT DISTINCT ON (a.node, a.name) a.node, a.name, a.value::text, t.content "
    "FROM (SELECT * FROM own UNION ALL SELECT * FROM newest) a JOIN scope s ON s.id = a.scope "
    "LEFT JOIN erasable_text t ON t.commitment = a.commitment WHERE {shown} "
    "ORDER BY a.node, a.name, a.seq DESC";

Result<NodeKind> kind_of(const std::string& word) {
    const auto kind = from_word<records::NodeKind>(word);
    if (!kind) {
        return failure(ErrorCode::Corrupt, fmt::format("the graph has a node of kind {}", word));
    }
    return *kind;
}

Result<std::vector<GraphEdge>> read_edges(const store::Rows& rows) {
    TRY(auto found, (rows.as<std::int64_t, std::int64_t, std::string, std::string, std::string,
                             std::string, std::int64_t, bool>()));
    std::vector<GraphEdge> edges;
    for (auto& [effect, cause, effect_word, cause_word, relation, asserted, scope, shown] : found) {
        TRY(const NodeKind effect_kind, kind_of(effect_word));
        TRY(const NodeKind cause_kind, kind_of(cause_word));
        edges.push_back({effect, cause, effect_kind, cause_kind, std::move(relation),
                         std::move(asserted), scope, shown});
    }
    return edges;
}

} // namespace

bool is_content(NodeKind kind) {
    switch (kind) {
    case NodeKind::GitCommit:
    case NodeKind::RepoTree:
    case NodeKind::BaseImage:
    case NodeKind::Lockfile:
    case NodeKind::Wheel:
    case NodeKind::Image:
    case NodeKind::Dataset:
    case NodeKind::Checkpoint:
    case NodeKind::Artifact:
    case NodeKind::Model:
        return true;
    default:
        return false;
    }
}

Result<GraphReader> GraphReader::open(store::Transaction& transaction, const Viewer& viewer,
                                      std::int64_t as_of) {
    GraphReader reader(transaction, as_of);
    reader.home_ = viewer.namespaces.empty() ? "" : viewer.namespaces.front();
    if (viewer.visibility == Visibility::OwnNamespaces) {
        TRY(const auto rows,
            transaction.query("SELECT id FROM namespace WHERE name = ANY($1::text[])",
                              {viewer.namespaces}));
        TRY(reader.shown_, rows.column<std::int64_t>());
    }
    return reader;
}

Result<std::vector<FoundNode>> GraphReader::nodes_where(const std::string& condition,
                                                        const store::Parameter& value) {
    TRY(const auto rows,
        transaction_->query(
            fmt::format("SELECT n.id, k.word, n.key, (SELECT p.name FROM node_namespace m "
                        "JOIN namespace p ON p.id = m.namespace WHERE m.node = n.id "
                        "AND m.seq <= $1 AND {} ORDER BY m.seq LIMIT 1) "
                        "FROM node n JOIN node_kind k ON k.id = n.kind "
                        "WHERE n.first_seq <= $1 AND {} ORDER BY n.id",
                        shown("m.namespace"), condition),
            {as_of_, shown_, value}));
    TRY(auto found,
        (rows.as<std::int64_t, std::string, std::string, std::optional<std::string>>()));
    std::vector<FoundNode> nodes;
    for (auto& [id, word, key, name_space] : found) {
        TRY(const NodeKind kind, kind_of(word));
        nodes.push_back({id, {kind, std::move(key)}, std::move(name_space)});
    }
    return nodes;
}

Result<std::vector<FoundNode>> GraphReader::with_key(const std::string& key) {
    // 17: Run, as its index has it.
    return nodes_where(
        fmt::format("(n.key = $3 OR (n.kind = 17 AND {} = $3))", records::run_id_sql), key);
}

Result<std::vector<FoundNode>> GraphReader::with_ids(const std::vector<NodeId>& ids) {
    return nodes_where("n.id = ANY($3::bigint[])", ids);
}

Result<std::optional<Place>> GraphReader::experiment_named(const std::string& name) {
    return newest_experiment("a.name = 'name' AND a.value = to_jsonb($2::text)", name);
}

Result<std::optional<Place>> GraphReader::experiment_with(const std::string& uid) {
    return newest_experiment("a.name = 'name' AND n.key = $2", uid);
}

Result<std::optional<Place>> GraphReader::newest_experiment(std::string_view condition,
                                                            const std::string& asked) {
    TRY(const auto rows,
        transaction_->query(
            fmt::format("SELECT a.node, a.scope FROM node_attribute a JOIN node n ON n.id = a.node "
                        "JOIN node_kind k ON k.id = n.kind AND k.word = 'ExperimentSpec' "
                        "JOIN scope s ON s.id = a.scope JOIN namespace p ON p.id = s.namespace "
                        "WHERE {} AND p.name = $3 AND a.seq <= $1 ORDER BY a.seq DESC LIMIT 1",
                        condition),
            {as_of_, asked, home_}));
    TRY(const auto found, (rows.at_most_one<std::int64_t, std::int64_t>()));
    return found ? std::optional(
                       Place{std::get<0>(*found), std::get<1>(*found), NodeKind::ExperimentSpec})
                 : std::nullopt;
}

Result<std::vector<Place>> GraphReader::experiments_before(const Place& spec, std::size_t limit) {
    TRY(const auto rows,
        transaction_->query(
            fmt::format("SELECT a.node, a.scope FROM (SELECT x.value, x.seq, s.namespace "
                        "FROM node_attribute x JOIN scope s ON s.id = x.scope WHERE x.node = $3 "
                        "AND x.scope = $4 AND x.name = 'project' AND x.seq <= $1 AND {} "
                        "ORDER BY x.seq LIMIT 1) own "
                        "JOIN node_attribute a ON a.name = 'project' AND a.value = own.value "
                        "AND a.seq < own.seq JOIN scope s ON s.id = a.scope "
                        "AND s.namespace = own.namespace JOIN node n ON n.id = a.node "
                        "JOIN node_kind k ON k.id = n.kind AND k.word = 'ExperimentSpec' "
                        "GROUP BY a.node, a.scope ORDER BY min(a.seq) DESC, a.node LIMIT {}",
                        shown("s.namespace"), limit),
            {as_of_, shown_, spec.node, spec.scope}));
    TRY(const auto found, (rows.as<std::int64_t, std::int64_t>()));
    std::vector<Place> places;
    for (const auto& [node, scope] : found) {
        places.push_back({node, scope, NodeKind::ExperimentSpec});
    }
    return places;
}

Result<std::vector<GraphEdge>> GraphReader::edges(const std::vector<Place>& places,
                                                  Direction direction, std::size_t limit) {
    std::vector<std::int64_t> nodes;
    std::vector<std::int64_t> scopes;
    std::vector<std::string> content;
    for (const Place& place : places) {
        nodes.push_back(place.node);
        scopes.push_back(place.scope);
        content.emplace_back(is_content(place.kind) ? "t" : "f");
    }
    const auto walk = direction == Direction::Ancestors ? ancestors_sql : descendants_sql;
    TRY(const auto rows,
        transaction_->query(select_edges(std::string(walk) + std::string(edge_joins), limit),
                            {as_of_, shown_, nodes, scopes, content}));
    return read_edges(rows);
}

Result<std::vector<GraphEdge>> GraphReader::edges_of_scope(ScopeId scope, std::size_t limit) {
    TRY(const auto rows,
        transaction_->query(select_edges(fmt::format("FROM edge e {} WHERE e.scope = $3 AND "
                                                     "e.seq <= $1",
                                                     edge_joins),
                                         limit),
                            {as_of_, shown_, scope}));
    return read_edges(rows);
}

Result<std::vector<GraphEdge>> GraphReader::files_of(const std::vector<NodeId>& manifests,
                                                     std::size_t limit) {
    TRY(const auto rows,
        transaction_->query(
            select_edges(fmt::format("FROM edge e {} WHERE e.dst = ANY($3::bigint[]) "
                                     "AND r.word = 'PartOf' AND sk.word = 'Artifact' "
                                     "AND e.seq <= $1",
                                     edge_joins),
                         limit),
            {as_of_, shown_, manifests}));
    return read_edges(rows);
}

Result<std::vector<FoundAttribute>> GraphReader::attributes(const std::vector<Place>& places) {
    std::vector<std::int64_t> nodes;
    std::vector<std::int64_t> scopes;
    for (const Place& place : places) {
        nodes.push_back(place.node);
        scopes.push_back(place.scope);
    }
    TRY(const auto rows, transaction_->query(fmt::format(fmt::runtime(attributes_sql),
                                                         fmt::arg("shown", shown("s.namespace")),
                                                         fmt::arg("newest", newest_attributes_max)),
                                             {as_of_, shown_, nodes, scopes}));
    TRY(auto found, (rows.as<std::int64_t, std::string, std::optional<std::string>,
                             std::optional<store::Bytes>>()));
    std::vector<FoundAttribute> attributes;
    for (auto& [node, name, value, content] : found) {
        attributes.push_back({node, std::move(name), std::move(value),
                              content ? std::optional(std::move(content->value)) : std::nullopt});
    }
    return attributes;
}

Result<std::vector<FoundGap>> GraphReader::gaps(const std::vector<NodeId>& subjects) {
    TRY(const auto rows,
        transaction_->query("SELECT g.kind, t.content FROM gap g JOIN scope s ON s.id = g.scope "
                            "LEFT JOIN erasable_text t ON t.commitment = g.sentence "
                            "WHERE g.subject = ANY($3::bigint[]) AND g.seq <= $1 AND " +
                                shown("s.namespace") +
                                " GROUP BY g.kind, t.content ORDER BY min(g.seq), min(g.position)",
                            {as_of_, shown_, subjects}));
    TRY(auto found, (rows.as<std::string, std::optional<store::Bytes>>()));
    std::vector<FoundGap> gaps;
    for (auto& [kind, content] : found) {
        gaps.push_back(
            {std::move(kind), content ? std::optional(std::move(content->value)) : std::nullopt});
    }
    return gaps;
}

} // namespace pedigree::lineage
