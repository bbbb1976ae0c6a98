#include "lineage/walk.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pedigree::lineage {
namespace {

using records::NodeKind;

// Places are (node, scope); one node in very many scopes is cut like any other limit.
constexpr std::size_t places_per_node_max = 4;

} // namespace

void Walk::start_at(const Place& place) {
    if (add_node(place.node) && places_.insert(place).second) {
        next_.push_back(place);
    }
}

Status Walk::start_at_experiment(const Place& spec) {
    start_at(spec);
    TRY(auto edges, reader_.edges_of_scope(spec.scope, limits_.edges_max + 1));
    for (const GraphEdge& edge : edges) {
        start_at({edge.effect, spec.scope, edge.effect_kind});
        start_at({edge.cause, spec.scope, edge.cause_kind});
    }
    take(std::move(edges), Direction::Ancestors, Follow::No);
    return {};
}

Status Walk::run(Direction direction) {
    for (std::size_t depth = 0; !next_.empty(); ++depth) {
        if (depth == limits_.depth_max || edges_left() == 0) {
            truncated_ = true;
            break;
        }
        const std::vector<Place> places = std::exchange(next_, {});
        // Known edges come again where places meet, so the room left is for what is new.
        TRY(auto edges, reader_.edges(places, direction, limits_.edges_max + 1));
        take(std::move(edges), direction, Follow::Yes);
    }
    return {};
}

Status Walk::add_plans() {
    std::vector<Place> acts;
    std::copy_if(places_.begin(), places_.end(), std::back_inserter(acts),
                 [](const Place& place) { return !is_content(place.kind); });
    while (!acts.empty()) { // an attempt, its trial, that one's Experiment
        TRY(auto edges,
            reader_.edges(std::exchange(acts, {}), Direction::Ancestors, limits_.edges_max + 1));
        std::erase_if(edges, [](const GraphEdge& edge) {
            return edge.cause_kind != NodeKind::Trial &&
                   edge.cause_kind != NodeKind::ExperimentSpec;
        });
        for (const GraphEdge& edge : edges) {
            const Place plan{edge.cause, edge.scope, edge.cause_kind};
            if (edge.shown && !places_.contains(plan)) {
                acts.push_back(plan);
            }
        }
        take(std::move(edges), Direction::Ancestors, Follow::No);
    }
    return {};
}

Status Walk::add_files_of(const std::vector<NodeId>& manifests) {
    TRY(auto edges, reader_.files_of(manifests, limits_.edges_max + 1));
    take(std::move(edges), Direction::Descendants, Follow::No);
    return {};
}

void Walk::take(std::vector<GraphEdge> edges, Direction direction, Follow follow) {
    if (edges.size() > limits_.edges_max) {
        truncated_ = true;
    }
    for (GraphEdge& edge : edges) {
        const bool up = direction == Direction::Ancestors;
        const Place reached{up ? edge.cause : edge.effect, edge.scope,
                            up ? edge.cause_kind : edge.effect_kind};
        if (!edge.shown) {
            hidden_.insert(reached.node);
            continue;
        }
        const bool known =
            known_edges_.contains({edge.effect, edge.cause, edge.relation, edge.asserted});
        if ((!known && edges_left() == 0) || !add_node(reached.node)) {
            truncated_ = true;
            continue;
        }
        if (!known) {
            known_edges_.insert({edge.effect, edge.cause, edge.relation, edge.asserted});
            edges_.push_back(std::move(edge));
        }
        if (places_.size() >= limits_.nodes_max * places_per_node_max) {
            truncated_ = true;
        } else if (places_.insert(reached).second && follow == Follow::Yes) {
            next_.push_back(reached);
        }
    }
}

bool Walk::add_node(NodeId node) {
    if (nodes_.contains(node)) {
        return true;
    }
    if (nodes_.size() >= limits_.nodes_max) {
        return false;
    }
    nodes_.insert(node);
    order_.push_back(node);
    return true;
}

std::size_t Walk::hidden() const {
    return static_cast<std::size_t>(std::count_if(
        hidden_.begin(), hidden_.end(), [&](NodeId node) { return !nodes_.contains(node); }));
}

} // namespace pedigree::lineage
