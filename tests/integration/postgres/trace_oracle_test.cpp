// The walk against an oracle: random graphs, and reachability computed naively over the edges as
// they were told. Acts only, in one scope: there every edge is followed, in both directions and as
// of any entry.
#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "lineage/graph_reader.h"
#include "lineage/walk.h"
#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;
using records::Relation;
using test::ref;

struct Told {
    int effect = 0;
    int cause = 0;
    std::int64_t entry = 0;
};

struct RandomGraph {
    int nodes = 0;
    std::vector<Told> edges;
};

// Diamonds, chains of retries and one node on which very many hang.
RandomGraph random_graph(unsigned seed) {
    std::mt19937 random(seed);
    RandomGraph graph{40 + static_cast<int>(random() % 40), {}};
    std::int64_t entry = 0;
    for (int effect = 1; effect < graph.nodes; ++effect) {
        ++entry;
        const int causes = 1 + static_cast<int>(random() % 3);
        for (int i = 0; i < causes; ++i) {
            graph.edges.push_back({effect, static_cast<int>(random() % effect), entry});
        }
        if (random() % 2 == 0) {
            graph.edges.push_back({effect, 0, entry});
        }
    }
    return graph;
}

std::set<std::string> reachable(const RandomGraph& graph, int start, Direction direction,
                                std::int64_t as_of) {
    std::set<int> reached{start};
    for (bool grown = true; grown;) {
        grown = false;
        for (const Told& edge : graph.edges) {
            const int from = direction == Direction::Ancestors ? edge.effect : edge.cause;
            const int to = direction == Direction::Ancestors ? edge.cause : edge.effect;
            if (edge.entry <= as_of && reached.contains(from)) {
                grown = reached.insert(to).second || grown;
            }
        }
    }
    std::set<std::string> ids;
    for (const int node : reached) {
        ids.insert("n" + std::to_string(node));
    }
    return ids;
}

class TraceOracleTest : public testing::TestWithParam<unsigned> {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    std::set<std::string> walked(int start, Direction direction, std::int64_t as_of) {
        auto transaction = *database.writer.begin({.access = store::Access::ReadOnly});
        auto reader = *GraphReader::open(transaction, {.namespaces = {"vision"}}, as_of);
        const auto node = *reader.with_key("n" + std::to_string(start));
        Walk walk(reader, {.nodes_max = 1000, .edges_max = 10'000, .depth_max = 1000});
        if (!node.empty()) {
            walk.start_at({node.front().id, 0, NodeKind::Attempt});
        }
        EXPECT_TRUE(walk.run(direction));
        EXPECT_FALSE(walk.truncated());
        std::set<std::string> keys;
        const auto nodes = *reader.with_ids(walk.nodes());
        for (const FoundNode& found : nodes) {
            keys.insert(found.ref.key);
        }
        return keys;
    }
};

TEST_P(TraceOracleTest, ReachesWhatIsReachable) {
    const RandomGraph graph = random_graph(GetParam());
    std::int64_t entry = 0;
    for (const Told& edge : graph.edges) {
        if (edge.entry != entry) {
            entry = edge.entry;
            auto event = test::story_event(std::to_string(entry), "vision", "exp-1", {});
            for (const Told& same : graph.edges) {
                if (same.entry == entry) {
                    event.edge(ref(NodeKind::Attempt, "n" + std::to_string(same.effect)),
                               Relation::Follows,
                               ref(NodeKind::Attempt, "n" + std::to_string(same.cause)),
                               records::Asserted::Operator);
                }
            }
            story.append(event);
        }
    }
    ASSERT_EQ(story.number_all(), entry);
    std::mt19937 random(GetParam());
    for (int i = 0; i < 15; ++i) {
        const int start = 1 + static_cast<int>(random() % (graph.nodes - 1));
        // As of the entry in which the node appears, or later.
        const std::int64_t as_of =
            start + static_cast<std::int64_t>(random() % static_cast<unsigned>(entry - start + 1));
        for (const Direction direction : {Direction::Ancestors, Direction::Descendants}) {
            EXPECT_EQ(walked(start, direction, as_of), reachable(graph, start, direction, as_of))
                << "seed " << GetParam() << ", node " << start << ", as of " << as_of;
        }
    }
    EXPECT_EQ(walked(0, Direction::Descendants, entry),
              reachable(graph, 0, Direction::Descendants, entry));
}

INSTANTIATE_TEST_SUITE_P(Seeds, TraceOracleTest, testing::Range(1U, 9U));

} // namespace
} // namespace pedigree::lineage
