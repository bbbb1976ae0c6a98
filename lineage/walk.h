#pragma once
// Walk: from some places through the graph, a level at a time, until nothing is new or a limit is
// reached. Which edges are followed is the rule of lineage/trace.h; what is not shown is counted.
//
// The walk goes over places, (node, scope), not nodes: a file that two Experiments wrote is one
// node, and is followed in each of them to its own attempt. Only so many scopes of a node are kept
// on average (places_per_node_max): what half a cluster has in common, a base image, would else
// bring the half of it along. Breadth first, so that where a limit cuts, the near causes are there
// and the far ones are missing; `truncated` says that it did.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "lineage/graph_reader.h"
#include "lineage/query.h"

namespace pedigree::lineage {

struct WalkLimits {
    std::size_t nodes_max = 0;
    std::size_t edges_max = 0;
    std::size_t depth_max = 0;
};

class Walk {
  public:
    Walk(GraphReader& reader, WalkLimits limits) : reader_(reader), limits_(limits) {}

    // Where it begins; before run().
    void start_at(const Place& place);
    // Everything that was recorded for the Experiment, as places to begin at.
    Status start_at_experiment(const Place& spec);

    Status run(Direction direction);
    // After a walk to effects: whose plan each act was, the trial and the Experiment, without
    // following them. A name says more than a pod's uid.
    Status add_plans();
    // Adds the files of a manifest (a model, a folder) without following them.
    Status add_files_of(const std::vector<NodeId>& manifests);

    const std::vector<NodeId>& nodes() const { return order_; } // as reached
    const std::vector<GraphEdge>& edges() const { return edges_; }
    const std::set<Place>& places() const { return places_; }
    std::size_t hidden() const; // nodes that only other namespaces recorded
    bool truncated() const { return truncated_; }

  private:
    enum class Follow { No, Yes };
    void take(std::vector<GraphEdge> edges, Direction direction, Follow follow);
    bool add_node(NodeId node);
    std::size_t edges_left() const { return limits_.edges_max - edges_.size(); }

    GraphReader& reader_;
    WalkLimits limits_;
    std::vector<NodeId> order_;
    std::set<NodeId> nodes_;
    std::set<Place> places_;
    std::vector<Place> next_;
    std::vector<GraphEdge> edges_;
    std::set<std::tuple<NodeId, NodeId, std::string, std::string>> known_edges_;
    std::set<NodeId> hidden_;
    bool truncated_ = false;
};

} // namespace pedigree::lineage
