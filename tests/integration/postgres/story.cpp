#include "tests/integration/postgres/story.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "lineage/graph_reader.h"
#include "lineage/ledger.h"
#include "lineage/sequencer.h"

namespace pedigree::test {

std::string digest_of(const std::string& letter) {
    return sha256(letter).text();
}

NodeRef ref(NodeKind kind, const std::string& letter) {
    if (kind == NodeKind::GitCommit || kind == NodeKind::RepoTree) {
        return {kind, "sha1:" + sha256(letter).hex().substr(0, 40)};
    }
    return {kind, lineage::is_content(kind) ? digest_of(letter) : letter};
}

records::Event story_event(const std::string& name, const std::string& name_space,
                           const std::string& experiment, std::initializer_list<StoryEdge> edges) {
    records::Event event({.type = "Told",
                          .id = uuid_from(name),
                          .name_space = name_space,
                          .experiment_uid = experiment,
                          .build = "test",
                          .time = *parse_instant("2026-01-02T03:04:05.678901Z")});
    for (const StoryEdge& edge : edges) {
        event.node(edge.effect);
        event.node(edge.cause);
        event.edge(edge.effect, edge.relation, edge.cause, records::Asserted::Operator);
    }
    return event;
}

void Story::append(const records::Event& event) {
    auto transaction = database_.writer.begin();
    ASSERT_TRUE(transaction) << transaction.error().message;
    const auto appended = lineage::append(*transaction, event);
    ASSERT_TRUE(appended) << appended.error().message;
    const auto committed = transaction->commit();
    ASSERT_TRUE(committed) << committed.error().message;
}

void Story::tell(const std::string& name_space, const std::string& experiment,
                 std::initializer_list<StoryEdge> edges) {
    append(story_event("story/" + std::to_string(++told_), name_space, experiment, edges));
}

std::int64_t Story::number_all() {
    lineage::Sequencer sequencer(database_.sequencer);
    while (true) {
        const auto step = sequencer.step();
        if (!step) {
            ADD_FAILURE() << step.error().message;
            return -1;
        }
        if (step->numbered + step->repeats == 0) {
            return step->size;
        }
    }
}

Result<Json> Story::try_trace(const std::string& query, lineage::TraceOptions options) {
    const auto parsed = lineage::parse_query(query);
    EXPECT_TRUE(parsed) << parsed.error().message;
    store::Pool api(database_.dsn, pool_as("pedigree_api", 1));
    auto transaction = api.begin(
        {.isolation = store::Isolation::RepeatableRead, .access = store::Access::ReadOnly});
    EXPECT_TRUE(transaction) << transaction.error().message;
    return lineage::trace(*transaction, *parsed, options);
}

Json Story::trace_with(const std::string& query, lineage::TraceOptions options) {
    const auto answer = try_trace(query, std::move(options));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *answer : Json();
}

Json Story::trace(const std::string& query, const std::string& name_space) {
    return trace_with(query, {.viewer = {.namespaces = {name_space}}});
}

std::vector<std::string> node_ids(const Json& answer) {
    std::vector<std::string> ids;
    for (const Json& node : answer.at("nodes")) {
        ids.push_back(node.at("id"));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace pedigree::test
