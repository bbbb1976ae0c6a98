#include "lineage/graph_writer.h"

#include <map>

#include "lineage/merkle.h"

namespace pedigree::lineage {
namespace {

using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using NodeIds = std::map<records::NodeRef, std::int64_t>;

// The nodes of a batch get their numbers; nodes that are known keep theirs.
Result<NodeIds> write_nodes(store::Transaction& transaction,
                            const std::vector<NumberedProjection>& entries) {
    Texts kinds;
    Texts keys;
    Numbers seqs;
    Numbers scopes;
    for (const NumberedProjection& entry : entries) {
        for (const records::NodeRef& node : entry.projection.nodes) {
            kinds.emplace_back(to_string(node.kind));
            keys.push_back(node.key);
            seqs.push_back(entry.seq);
            scopes.push_back(entry.scope);
        }
    }
    TRY(transaction.execute(
        "INSERT INTO node (kind, key, first_seq) SELECT k.id, u.key, min(u.seq) "
        "FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY u(kind, key, seq, place) "
        "JOIN node_kind k ON k.word = u.kind WHERE NOT EXISTS (SELECT FROM node n "
        "WHERE n.key = u.key AND n.kind = k.id) GROUP BY k.id, u.key ORDER BY min(u.place)",
        {kinds, keys, seqs}));
    TRY(transaction.execute(
        "INSERT INTO node_namespace (node, namespace, seq) SELECT n.id, s.namespace, min(u.seq) "
        "FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) u(kind, key, seq, scope) "
        "JOIN node_kind k ON k.word = u.kind JOIN node n ON n.key = u.key AND n.kind = k.id "
        "JOIN scope s ON s.id = u.scope WHERE NOT EXISTS (SELECT FROM node_namespace m "
        "WHERE m.node = n.id AND m.namespace = s.namespace) GROUP BY n.id, s.namespace",
        {kinds, keys, seqs, scopes}));
    TRY(const auto rows, transaction.query("SELECT DISTINCT u.kind, u.key, n.id "
                                           "FROM unnest($1::text[], $2::text[]) u(kind, key) "
                                           "JOIN node_kind k ON k.word = u.kind "
                                           "JOIN node n ON n.key = u.key AND n.kind = k.id",
                                           {kinds, keys}));
    TRY(const auto found, (rows.as<std::string, std::string, std::int64_t>()));
    NodeIds ids;
    for (const auto& [kind, key, id] : found) {
        ids[{*from_word<records::NodeKind>(kind), key}] = id;
    }
    return ids;
}

Status write_attributes(store::Transaction& transaction,
                        const std::vector<NumberedProjection>& entries, const NodeIds& ids) {
    Numbers nodes;
    Texts names;
    Numbers seqs;
    Numbers scopes;
    Texts values;
    std::vector<store::Bytes> commitments;
    for (const NumberedProjection& entry : entries) {
        for (const ProjectedAttribute& attribute : entry.projection.attributes) {
            nodes.push_back(ids.at(attribute.node));
            names.push_back(attribute.name);
            seqs.push_back(entry.seq);
            scopes.push_back(entry.scope);
            values.push_back(attribute.value);
            commitments.push_back(
                {attribute.commitment ? std::string(view_of(*attribute.commitment)) : ""});
        }
    }
    TRY(transaction.execute(
        "INSERT INTO node_attribute (node, name, seq, scope, value, commitment) "
        "SELECT node, name, seq, scope, nullif(value, '')::jsonb, nullif(commitment, '') "
        "FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[]) "
        "u(node, name, seq, scope, value, commitment) ON CONFLICT DO NOTHING",
        {nodes, names, seqs, scopes, values, commitments}));
    return {};
}

Status write_edges(store::Transaction& transaction, const std::vector<NumberedProjection>& entries,
                   const NodeIds& ids) {
    Numbers effects;
    Texts relations;
    Numbers causes;
    Numbers seqs;
    Numbers scopes;
    Texts asserted;
    Texts roles;
    for (const NumberedProjection& entry : entries) {
        for (const ProjectedEdge& edge : entry.projection.edges) {
            effects.push_back(ids.at(edge.effect));
            relations.emplace_back(to_string(edge.relation));
            causes.push_back(ids.at(edge.cause));
            seqs.push_back(entry.seq);
            scopes.push_back(entry.scope);
            asserted.emplace_back(to_string(edge.asserted));
            roles.push_back(edge.role);
        }
    }
    TRY(transaction.execute(
        "INSERT INTO edge (src, relation, dst, seq, scope, asserted, role) "
        "SELECT u.src, r.id, u.dst, u.seq, u.scope, a.id, u.role "
        "FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], "
        "$7::text[]) u(src, relation, dst, seq, scope, asserted, role) "
        "JOIN relation r ON r.word = u.relation JOIN asserted a ON a.word = u.asserted "
        "ON CONFLICT DO NOTHING",
        {effects, relations, causes, seqs, scopes, asserted, roles}));
    return {};
}

Status write_gaps(store::Transaction& transaction, const std::vector<NumberedProjection>& entries,
                  const NodeIds& ids) {
    Numbers seqs;
    Numbers positions;
    Texts kinds;
    Numbers subjects;
    Numbers scopes;
    std::vector<store::Bytes> sentences;
    for (const NumberedProjection& entry : entries) {
        for (const ProjectedGap& gap : entry.projection.gaps) {
            positions.push_back(&gap - entry.projection.gaps.data());
            seqs.push_back(entry.seq);
            kinds.emplace_back(to_string(gap.kind));
            subjects.push_back(ids.at(gap.subject));
            scopes.push_back(entry.scope);
            sentences.push_back({std::string(view_of(gap.sentence))});
        }
    }
    TRY(transaction.execute("INSERT INTO gap (seq, position, kind, subject, scope, sentence) "
                            "SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], "
                            "$4::bigint[], $5::bigint[], $6::bytea[])",
                            {seqs, positions, kinds, subjects, scopes, sentences}));
    return {};
}

} // namespace

Status write_graph(store::Transaction& transaction,
                   const std::vector<NumberedProjection>& entries) {
    TRY(const NodeIds ids, write_nodes(transaction, entries));
    TRY(write_attributes(transaction, entries, ids));
    TRY(write_edges(transaction, entries, ids));
    return write_gaps(transaction, entries, ids);
}

} // namespace pedigree::lineage
