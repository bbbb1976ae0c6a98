#include "lineage/trace.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lineage/answer_node.h"
#include "lineage/graph_reader.h"
#include "lineage/ledger.h"
#include "lineage/tried.h"
#include "lineage/walk.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;

// Where several nodes have the key asked for, the first kind of this list is the answer's root.
constexpr std::array root_order{NodeKind::Model,          NodeKind::Checkpoint, NodeKind::Artifact,
                                NodeKind::Dataset,        NodeKind::Image,      NodeKind::BaseImage,
                                NodeKind::Lockfile,       NodeKind::Wheel,      NodeKind::RepoTree,
                                NodeKind::GitCommit,      NodeKind::Attempt,    NodeKind::Run,
                                NodeKind::ExperimentSpec, NodeKind::Trial,      NodeKind::Resolve,
                                NodeKind::ImageBuild,     NodeKind::Job,        NodeKind::Pod,
                                NodeKind::Node,           NodeKind::Person};

bool asks_for(QueryKind query, NodeKind kind) {
    switch (query) {
    case QueryKind::Bytes:
        return is_content(kind);
    case QueryKind::Image:
        return kind == NodeKind::Image || kind == NodeKind::BaseImage;
    case QueryKind::Commit:
        return kind == NodeKind::GitCommit;
    case QueryKind::Attempt:
        return kind == NodeKind::Attempt;
    case QueryKind::Run:
        return kind == NodeKind::Run;
    case QueryKind::Act:
        return !is_content(kind);
    case QueryKind::Experiment:
        return kind == NodeKind::ExperimentSpec;
    }
    return false;
}

// What a question names: the nodes that may be seen, best first, and how many may not.
struct Roots {
    std::vector<Place> places;
    std::size_t hidden = 0;
};

// Two servers may have a run of this id; one that is asked for by its whole key is told.
Status check_is_one_run(const std::string& asked, const std::vector<FoundNode>& nodes,
                        Roots& roots) {
    std::vector<std::string> keys;
    for (const FoundNode& node : nodes) {
        if (node.ref.kind == NodeKind::Run && node.name_space) {
            keys.push_back("run:" + node.ref.key);
            if (node.ref.key == asked) {
                roots.places.front() = {node.id, 0, node.ref.kind};
                return {};
            }
        }
    }
    return keys.size() <= 1
               ? Status()
               : failure(ErrorCode::InvalidInput,
                         fmt::format("runs of {} servers have this id; ask for one of {}",
                                     keys.size(), fmt::join(keys, ", ")));
}

Result<Roots> find_roots(GraphReader& reader, const Query& query) {
    Roots roots;
    if (query.kind == QueryKind::Experiment) {
        TRY(const auto spec, reader.experiment_named(query.key));
        if (spec) {
            roots.places.push_back(*spec);
        }
        return roots;
    }
    TRY(const auto nodes, reader.with_key(query.key));
    for (const NodeKind kind : root_order) {
        for (const FoundNode& node : nodes) {
            if (node.ref.kind != kind || !asks_for(query.kind, kind)) {
                continue;
            }
            if (node.name_space) {
                roots.places.push_back({node.id, 0, kind});
            } else {
                ++roots.hidden;
            }
        }
    }
    if (roots.places.empty() || is_content(roots.places.front().kind)) {
        return roots;
    }
    if (roots.places.front().kind == NodeKind::Run) {
        TRY(check_is_one_run(query.key, nodes, roots));
    }
    roots.places.resize(1); // a pod and its attempt have one uid; the attempt is meant
    return roots;
}

Result<Walk> walked(GraphReader& reader, const Roots& roots, const Query& query,
                    const WalkLimits& limits, Direction direction) {
    Walk walk(reader, limits);
    for (const Place& root : roots.places) {
        if (query.kind == QueryKind::Experiment) {
            TRY(walk.start_at_experiment(root));
        } else {
            walk.start_at(root);
        }
    }
    TRY(walk.run(direction));
    if (direction == Direction::Descendants) {
        TRY(walk.add_plans());
    }
    return walk;
}

// Nothing that is shown or hidden made any of them, and they are bytes that others are made of.
bool is_source(const Roots& roots, const Walk& to_causes) {
    return !roots.places.empty() && is_content(roots.places.front().kind) &&
           to_causes.edges().empty() && to_causes.hidden() == 0;
}

struct Followed {
    Walk walk;
    Direction direction;
};

Result<Followed> follow(GraphReader& reader, const Roots& roots, const Query& query,
                        const TraceOptions& options) {
    const WalkLimits limits{options.nodes_max, options.edges_max, options.depth_max};
    Direction direction = options.direction.value_or(query.direction());
    TRY(Walk walk, walked(reader, roots, query, limits, direction));
    if (!options.direction && direction == Direction::Ancestors && is_source(roots, walk)) {
        direction = Direction::Descendants;
        TRY(Walk forward, walked(reader, roots, query, limits, direction));
        return Followed{std::move(forward), direction};
    }
    return Followed{std::move(walk), direction};
}

Status add_files(Walk& walk, const Roots& roots) {
    std::vector<NodeId> manifests;
    for (const Place& root : roots.places) {
        if (is_content(root.kind)) {
            manifests.push_back(root.node);
        }
    }
    return manifests.empty() ? Status() : walk.add_files_of(manifests);
}

// The nodes in the order in which the walk reached them, by id.
struct Described {
    Json nodes = Json::array();
    std::map<NodeId, std::string> ids;
};

Result<Described> describe_nodes(GraphReader& reader, const Walk& walk) {
    std::map<NodeId, Json> known;
    TRY(const auto found, reader.with_ids(walk.nodes()));
    for (const FoundNode& node : found) {
        known[node.id] = answer_node(node);
    }
    TRY(const auto attributes, reader.attributes({walk.places().begin(), walk.places().end()}));
    for (const FoundAttribute& attribute : attributes) {
        add_attribute(known[attribute.node], attribute);
    }
    Described described;
    for (const NodeId id : walk.nodes()) {
        described.ids[id] = known.at(id)["id"].get<std::string>();
        described.nodes.push_back(std::move(known.at(id)));
    }
    return described;
}

Result<Json> describe_gaps(GraphReader& reader, const Walk& walk, std::size_t hidden) {
    Json gaps = Json::array();
    TRY(const auto found, reader.gaps(walk.nodes()));
    for (const FoundGap& gap : found) {
        gaps.push_back({{"kind", gap.kind},
                        {"sentence", gap.sentence ? valid_utf8(*gap.sentence) : "(erased)"}});
    }
    if (hidden > 0) {
        gaps.push_back(
            {{"kind", to_string(records::GapKind::HiddenByNamespace)},
             {"sentence", fmt::format("{} {} recorded in other namespaces and not shown.", hidden,
                                      hidden == 1 ? "node is" : "nodes are")}});
    }
    return gaps;
}

Result<std::int64_t> position(store::Transaction& transaction, const TraceOptions& options) {
    TRY(const LedgerHead head, ledger_head(transaction));
    const std::int64_t as_of = options.as_of.value_or(head.size);
    if (as_of < 0 || as_of > head.size) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("asOf {} is not in the ledger, whose last entry is {}", as_of, head.size));
    }
    return as_of;
}

} // namespace

Result<Json> trace(store::Transaction& transaction, const Query& query,
                   const TraceOptions& options) {
    TRY(const std::int64_t as_of, position(transaction, options));
    TRY(GraphReader reader, GraphReader::open(transaction, options.viewer, as_of));
    TRY(const Roots roots, find_roots(reader, query));
    TRY(Followed followed, follow(reader, roots, query, options));
    Walk& walk = followed.walk;
    TRY(add_files(walk, roots));
    TRY(Described described, describe_nodes(reader, walk));
    TRY(Json gaps, describe_gaps(reader, walk, walk.hidden() + roots.hidden));
    Json edges = Json::array();
    for (const GraphEdge& edge : walk.edges()) {
        edges.push_back({{"from", described.ids.at(edge.effect)},
                         {"to", described.ids.at(edge.cause)},
                         {"relation", edge.relation},
                         {"asserted", edge.asserted}});
    }
    const bool known = !roots.places.empty();
    Json answer{{"asOf", as_of},
                {"direction", to_string(followed.direction)},
                {"truncated", walk.truncated()},
                {"gaps", std::move(gaps)},
                {"root", known ? Json(described.ids.at(roots.places.front().node)) : Json()},
                {"nodes", std::move(described.nodes)},
                {"edges", std::move(edges)}};
    if (known && followed.direction == Direction::Ancestors) {
        TRY(Json tried, tried_before(reader, walk, roots.places.front()));
        if (!tried.is_null()) {
            answer["tried"] = std::move(tried);
        }
    }
    return answer;
}

Result<std::int64_t> count_gaps(store::Transaction& transaction, const std::string& experiment_uid,
                                const TraceOptions& options) {
    TRY(const std::int64_t as_of, position(transaction, options));
    TRY(GraphReader reader, GraphReader::open(transaction, options.viewer, as_of));
    TRY(const auto experiment, reader.experiment_with(experiment_uid));
    Roots roots;
    if (experiment) {
        roots.places.push_back(*experiment);
    }
    TRY(Followed followed, follow(reader, roots, {QueryKind::Experiment, experiment_uid}, options));
    TRY(add_files(followed.walk, roots));
    TRY(const Json gaps, describe_gaps(reader, followed.walk, followed.walk.hidden()));
    return static_cast<std::int64_t>(gaps.size());
}

} // namespace pedigree::lineage
