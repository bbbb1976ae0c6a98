#include "lineage/projection.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::lineage {
namespace {

using records::Asserted;
using records::Event;
using records::GapKind;
using records::NodeKind;
using records::NodeRef;
using records::Relation;
using testing::ElementsAre;

const NodeRef model{NodeKind::Model, "sha256:aa"};
const NodeRef attempt{NodeKind::Attempt, "7c0f"};

Event example() {
    Event event({.type = "AttemptObserved",
                 .id = "26494ad7-e26f-42f5-a945-e08693b0059a",
                 .name_space = "vision",
                 .experiment_uid = "exp-1",
                 .build = "0.1.0",
                 .time = *parse_instant("2026-01-31T12:00:00.000001Z")});
    event.node(model)
        .attribute("bytes", std::int64_t{9007199254740993})
        .attribute("sealed", false)
        .word("format", "SavedModel")
        .text("name", "my model");
    event.edge(model, Relation::GeneratedBy, attempt, Asserted::Recorder, "output");
    event.gap(GapKind::PodEntered, attempt, "somebody");
    return event;
}

Json body_json() {
    return *parse_json(example().body());
}

TEST(ProjectionTest, SaysWhatTheEventSaid) {
    const Event event = example();
    const auto said = project(event.body());
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->event_id, event.header().id);
    EXPECT_EQ(said->type, "AttemptObserved");
    EXPECT_EQ(said->name_space, "vision");
    EXPECT_EQ(said->experiment_uid, "exp-1");
    EXPECT_EQ(said->time, event.header().time);
    EXPECT_THAT(said->nodes, ElementsAre(model, attempt)); // the edge's end too
    ASSERT_EQ(said->attributes.size(), 4U);
    EXPECT_EQ(said->attributes[0].name, "bytes");
    EXPECT_EQ(said->attributes[0].value, "9007199254740993"); // exact, beyond a double
    EXPECT_EQ(said->attributes[1].value, "\"SavedModel\"");
    EXPECT_EQ(said->attributes[2].commitment, event.texts()[0].commitment);
    EXPECT_EQ(said->attributes[3].value, "false");
    ASSERT_EQ(said->edges.size(), 1U);
    EXPECT_EQ(said->edges[0].effect, model);
    EXPECT_EQ(said->edges[0].cause, attempt);
    EXPECT_EQ(said->edges[0].relation, Relation::GeneratedBy);
    EXPECT_EQ(said->edges[0].asserted, Asserted::Recorder);
    EXPECT_EQ(said->edges[0].role, "output");
    ASSERT_EQ(said->gaps.size(), 1U);
    EXPECT_EQ(said->gaps[0].subject, attempt);
    EXPECT_EQ(said->gaps[0].sentence, event.texts()[1].commitment);
}

// What PostgreSQL could not store or index, or a later build's words, must not reach the tables:
// it is left out alone, and a gap about the Experiment says so.
TEST(ProjectionTest, LeavesOutWhatTheGraphCannotHold) {
    const auto unread = [](auto change) {
        Json body = body_json();
        change(body);
        const auto said = project(canonical_json(body));
        if (!said) {
            return false;
        }
        const NodeRef spec{NodeKind::ExperimentSpec, said->experiment_uid};
        const bool told = std::any_of(said->gaps.begin(), said->gaps.end(), [&](const auto& gap) {
            return gap.kind == GapKind::NotReadable && (spec.key.empty() || gap.subject == spec) &&
                   gap.sentence == unread_sentence().commitment;
        });
        EXPECT_EQ(told, said->unread_parts > 0);
        EXPECT_EQ(told, !said->unread.empty());
        return told;
    };
    const std::string nul("a\0b", 3);
    EXPECT_FALSE(unread([](Json&) {}));
    EXPECT_TRUE(unread([](Json& body) { body["time"] = "yesterday"; }));
    EXPECT_TRUE(unread([](Json& body) { body["time"] = "0000-01-01T00:00:00.000000Z"; }));
    EXPECT_TRUE(unread([&](Json& body) { body["namespace"] = nul; }));
    EXPECT_TRUE(unread([](Json& body) { body["experiment"] = std::string(513, 'x'); }));
    EXPECT_TRUE(unread([](Json& body) { body["nodes"][0]["id"] = "Spaceship:1"; }));
    EXPECT_TRUE(unread([](Json& body) { body["nodes"][0]["id"] = "Model:"; }));
    EXPECT_TRUE(unread([](Json& body) { body["nodes"][0]["id"] = "Model"; }));
    EXPECT_TRUE(unread([&](Json& body) { body["nodes"][0]["id"] = "Model:" + nul; }));
    EXPECT_TRUE(unread([&](Json& body) { body["nodes"][0]["attributes"][nul] = 1; }));
    EXPECT_TRUE(unread([&](Json& body) { body["nodes"][0]["attributes"]["x"] = nul; }));
    EXPECT_TRUE(unread([](Json& body) { body["nodes"][0]["attributes"]["x"] = 1.5; }));
    EXPECT_TRUE(unread([](Json& body) { body["nodes"][0]["attributes"]["x"] = nullptr; }));
    EXPECT_TRUE(
        unread([](Json& body) { body["nodes"][0]["attributes"]["x"] = std::string(1025, 'x'); }));
    EXPECT_TRUE(unread([](Json& body) { body["edges"][0]["relation"] = "Liked"; }));
    EXPECT_TRUE(unread([](Json& body) { body["edges"][0]["asserted"] = "Rumour"; }));
    EXPECT_TRUE(unread([](Json& body) { body["edges"][0]["role"] = std::string(129, 'x'); }));
    EXPECT_TRUE(unread([](Json& body) { body["gaps"][0]["kind"] = "Hole"; }));
    EXPECT_TRUE(unread([](Json& body) { body["gaps"][0]["sentence"] = "clear text"; }));
    EXPECT_FALSE(project("[]"));
    EXPECT_FALSE(project(""));
    EXPECT_FALSE(project("{}")); // no id
}

TEST(ProjectionTest, KeepsTheRestOfAnEventWithAnUnreadablePart) {
    Json body = body_json();
    body["nodes"][0]["attributes"]["status"] = std::string(5000, 'x');
    body["nodes"].push_back({{"id", "Run:"}, {"attributes", Json::object()}});
    const auto said = project(canonical_json(body));
    ASSERT_TRUE(said) << said.error().message;
    const NodeRef spec{NodeKind::ExperimentSpec, "exp-1"};
    EXPECT_THAT(said->nodes, ElementsAre(model, attempt, spec)); // the model has not vanished
    EXPECT_EQ(said->attributes.size(), 4U);
    EXPECT_EQ(said->edges.size(), 1U);
    EXPECT_EQ(said->unread_parts, 2);
    EXPECT_EQ(said->gaps.back().kind, GapKind::NotReadable);
    EXPECT_EQ(said->gaps.front().subject, attempt);
}

// The other end of the door: whatever somebody wrote, the event reads whole.
TEST(ProjectionTest, ReadsWholeWhatEventsAreMadeOf) {
    for (const std::string& hostile :
         {std::string(), std::string(5000, 'x'), std::string("a\0b", 3), std::string("\xff\xfe"),
          std::string("\xed\xa0\x80")}) {
        Event event({.type = "AttemptObserved",
                     .id = "26494ad7-e26f-42f5-a945-e08693b0059a",
                     .name_space = "vision",
                     .experiment_uid = "exp-1",
                     .build = "0.1.0",
                     .time = *parse_instant("2026-01-31T12:00:00.000001Z")});
        const NodeRef run{NodeKind::Run, hostile};
        event.node(run).word("status", hostile).text("name", hostile);
        event.node(model).word("format", "SavedModel");
        event.edge(model, Relation::PartOf, run, Asserted::Recorder, hostile);
        event.gap(GapKind::BytesGone, run, hostile);
        const auto said = project(event.body());
        ASSERT_TRUE(said) << said.error().message;
        EXPECT_EQ(said->unread_parts, 0) << said->unread;
        ASSERT_EQ(said->nodes.size(), 2U); // the edge meets the node that was named
        EXPECT_EQ(said->nodes.back(), model);
        EXPECT_EQ(said->edges.front().cause, said->nodes.front());
        EXPECT_EQ(said->gaps.front().kind, GapKind::NotReadable); // its name is not what it was
    }
}

TEST(ProjectionTest, ReadsNodeIds) {
    EXPECT_EQ(parse_node_id("GitCommit:sha1:4f2a")->key, "sha1:4f2a");
    EXPECT_FALSE(parse_node_id(""));
    EXPECT_FALSE(parse_node_id("GitCommit"));
}

} // namespace
} // namespace pedigree::lineage
