#include "lineage/find.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lineage/answer_node.h"
#include "lineage/graph_reader.h"
#include "lineage/ledger.h"
#include "lineage/run_places.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;

constexpr std::size_t items_max_max = 10'000;

NodeKind kind_of(Listed listed) {
    switch (listed) {
    case Listed::Models:
        return NodeKind::Model;
    case Listed::Attempts:
        return NodeKind::Attempt;
    case Listed::Runs:
        return NodeKind::Run;
    case Listed::Experiments:
        break;
    }
    return NodeKind::ExperimentSpec;
}

// What an Experiment made hangs on the acts that made it; the Experiment itself is told by its
// name.
constexpr std::string_view made_sql =
    "SELECT e.src AS node, e.scope, min(e.seq) AS seq FROM edge e JOIN node n ON n.id = e.src "
    "WHERE n.kind = (SELECT id FROM node_kind WHERE word = $3) GROUP BY e.src, e.scope";
constexpr std::string_view accepted_sql =
    "SELECT a.node, a.scope, min(a.seq) AS seq FROM node_attribute a JOIN node n ON n.id = a.node "
    "WHERE n.kind = (SELECT id FROM node_kind WHERE word = $3) AND a.name = 'name' "
    "GROUP BY a.node, a.scope";

struct Item {
    Place place;
    std::int64_t entry = 0;
    std::string name_space;
    std::optional<std::string> experiment;
    std::optional<std::string> project;
    Instant recorded;
};

std::string statement(const FindOptions& options, ScopeId scope) {
    return fmt::format(
        "SELECT i.node, i.scope, i.seq, p.name, x.name, x.project, l.recorded_time FROM ({}) i "
        "JOIN scope s ON s.id = i.scope JOIN namespace p ON p.id = s.namespace "
        "JOIN ledger l ON l.seq = i.seq LEFT JOIN LATERAL (SELECT "
        "max(a.value #>> '{{}}') FILTER (WHERE a.name = 'name') AS name, "
        "max(a.value #>> '{{}}') FILTER (WHERE a.name = 'project') AS project "
        "FROM node_attribute a JOIN node n ON n.id = a.node JOIN node_kind k ON k.id = n.kind "
        "WHERE k.word = 'ExperimentSpec' AND n.key = s.experiment "
        "AND a.scope = i.scope AND a.name IN ('name', 'project')) x ON true "
        "WHERE i.seq < $1 AND ($2::text[] IS NULL OR p.name = ANY($2)) "
        "AND ($4 = '' OR x.project = $4){} ORDER BY i.seq DESC, i.node DESC LIMIT {}",
        options.listed == Listed::Experiments ? accepted_sql : made_sql,
        scope == 0 ? "" : fmt::format(" AND i.scope = {}", scope),
        std::min(options.items_max, items_max_max) + 1);
}

Result<std::vector<Item>> read_items(store::Transaction& transaction, const FindOptions& options,
                                     ScopeId only_of, std::int64_t before) {
    const bool everything = options.viewer.visibility == Visibility::Everything;
    TRY(const auto rows, transaction.query(statement(options, only_of),
                                           {before,
                                            everything ? std::optional<std::vector<std::string>>()
                                                       : std::optional(options.viewer.namespaces),
                                            to_string(kind_of(options.listed)), options.project}));
    TRY(auto found, (rows.as<std::int64_t, std::int64_t, std::int64_t, std::string,
                             std::optional<std::string>, std::optional<std::string>, Instant>()));
    std::vector<Item> items;
    for (auto& [node, scope, entry, name_space, experiment, project, recorded] : found) {
        items.push_back({{node, scope, kind_of(options.listed)},
                         entry,
                         std::move(name_space),
                         std::move(experiment),
                         std::move(project),
                         recorded});
    }
    return items;
}

// A page ends between two entries, since the next one is asked for by entry; one entry that fills a
// whole page is cut.
void cut_page(std::vector<Item>& items) {
    const std::int64_t cut = items.back().entry;
    items.pop_back();
    const auto first = std::find_if(items.begin(), items.end(),
                                    [&](const Item& item) { return item.entry == cut; });
    if (first != items.begin()) {
        items.erase(first, items.end());
    }
}

Result<Json> describe(GraphReader& reader, const Item& item) {
    TRY(const auto nodes, reader.with_ids({item.place.node}));
    if (nodes.empty()) {
        return failure(ErrorCode::Corrupt, fmt::format("node {} is gone", item.place.node));
    }
    Json node = answer_node(nodes.front());
    TRY(const auto attributes, reader.attributes({item.place}));
    for (const FoundAttribute& attribute : attributes) {
        add_attribute(node, attribute);
    }
    node["namespace"] = item.name_space;
    node["experiment"] = item.experiment.value_or("");
    node["project"] = item.project.value_or("");
    node["entry"] = item.entry;
    node["recorded"] = to_text(item.recorded);
    return node;
}

// Its records' scope; 0: of all of them.
Result<ScopeId> scope_asked_for(GraphReader& reader, const std::string& experiment) {
    if (experiment.empty()) {
        return ScopeId{0};
    }
    TRY(const auto spec, reader.experiment_named(experiment));
    if (!spec) {
        return failure(ErrorCode::NotFound,
                       fmt::format("no Experiment {} is in the record", experiment));
    }
    return spec->scope;
}

Status add_run_places(store::Transaction& transaction, const std::vector<Item>& items,
                      Json& described) {
    std::vector<NodeId> runs;
    for (const Item& item : items) {
        runs.push_back(item.place.node);
    }
    TRY(const auto places, places_of_runs(transaction, runs));
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = places.find({items[i].place.node, items[i].place.scope});
        if (found != places.end()) {
            described[i]["trial"] = found->second.trial;
            described[i]["attempt"] = found->second.attempt;
            described[i]["podUid"] = found->second.pod_uid;
        }
    }
    return {};
}

} // namespace

Result<Json> find(store::Transaction& transaction, const FindOptions& options) {
    TRY(const LedgerHead head, ledger_head(transaction));
    TRY(GraphReader reader, GraphReader::open(transaction, options.viewer, head.size));
    TRY(const ScopeId scope, scope_asked_for(reader, options.experiment));
    TRY(auto items,
        read_items(transaction, options, scope, options.before.value_or(head.size + 1)));
    const bool truncated = items.size() > std::min(options.items_max, items_max_max);
    if (truncated) {
        cut_page(items);
    }
    Json answer{{"asOf", head.size}, {"truncated", truncated}, {"items", Json::array()}};
    for (const Item& item : items) {
        TRY(Json described, describe(reader, item));
        answer["items"].push_back(std::move(described));
    }
    if (options.listed == Listed::Runs) {
        TRY(add_run_places(transaction, items, answer["items"]));
    }
    if (truncated) {
        answer["next"] = items.empty() ? 0 : items.back().entry;
    }
    return answer;
}

} // namespace pedigree::lineage
