// Traces against a real PostgreSQL: what an answer shows, hides, cuts and says.
#include "lineage/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/run_key.h"
#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::Asserted;
using records::GapKind;
using records::NodeKind;
using records::Relation;
using test::digest_of;
using test::node_ids;
using test::ref;
using testing::Contains;
using testing::Not;
using testing::SizeIs;

class TraceTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    // One experiment as the operator records it: commit -> resolve -> build -> attempt -> model.
    // Tree and image are shared when `shared` says so.
    void experiment(const std::string& uid, const std::string& commit, const std::string& shared,
                    const std::string& model, const std::string& name_space = "vision") {
        const auto spec = ref(NodeKind::ExperimentSpec, uid);
        const auto resolve = ref(NodeKind::Resolve, uid + "-resolve");
        const auto build = ref(NodeKind::ImageBuild, uid + "-build");
        const auto attempt = ref(NodeKind::Attempt, uid + "-attempt");
        const auto tree = ref(NodeKind::RepoTree, shared + "-tree");
        const auto image = ref(NodeKind::Image, shared + "-image");
        story.tell(name_space, uid,
                   {{resolve, Relation::PlannedBy, spec},
                    {resolve, Relation::Used, ref(NodeKind::GitCommit, commit)},
                    {resolve, Relation::Used, tree},
                    {tree, Relation::GeneratedBy, resolve},
                    {build, Relation::Follows, resolve},
                    {build, Relation::Used, tree},
                    {build, Relation::Used, ref(NodeKind::BaseImage, "base")},
                    {image, Relation::GeneratedBy, build},
                    {attempt, Relation::PlannedBy, spec},
                    {attempt, Relation::Used, image},
                    {ref(NodeKind::Model, model), Relation::GeneratedBy, attempt}});
    }
    static std::string commit_id(const std::string& letter) {
        return ref(NodeKind::GitCommit, letter).id();
    }
    static std::string commit_query(const std::string& letter) {
        return "commit:" + ref(NodeKind::GitCommit, letter).key.substr(5);
    }
    static std::string model_id(const std::string& letter) {
        return ref(NodeKind::Model, letter).id();
    }
};

TEST_F(TraceTest, HasTheShapeOfTheInterface) {
    auto event = test::story_event(
        "e", "vision", "exp-1",
        {{ref(NodeKind::Model, "m"), Relation::GeneratedBy, ref(NodeKind::Attempt, "attempt-1")}});
    event.node(ref(NodeKind::Model, "m"))
        .attribute("bytes", std::int64_t{42})
        .attribute("sealed", true)
        .word("format", "SavedModel")
        .text("name", "my model")
        .uri("s3://models/m");
    event.gap(GapKind::RequesterNotObserved, ref(NodeKind::Attempt, "attempt-1"), "Nobody knows.");
    story.append(event);
    story.number_all();
    EXPECT_EQ(
        story.trace(digest_of("m")),
        (Json{
            {"asOf", 1},
            {"direction", "Causes"},
            {"truncated", false},
            {"gaps", {{{"kind", "RequesterNotObserved"}, {"sentence", "Nobody knows."}}}},
            {"root", model_id("m")},
            {"nodes",
             {{{"id", model_id("m")},
               {"kind", "Model"},
               {"digest", digest_of("m")},
               {"uri", "s3://models/m"},
               {"namespace", "vision"},
               {"attributes",
                {{"bytes", 42}, {"sealed", true}, {"format", "SavedModel"}, {"name", "my model"}}}},
              {{"id", "Attempt:attempt-1"},
               {"kind", "Attempt"},
               {"uid", "attempt-1"},
               {"namespace", "vision"},
               {"attributes", Json::object()}}}},
            {"edges",
             {{{"from", model_id("m")},
               {"to", "Attempt:attempt-1"},
               {"relation", "GeneratedBy"},
               {"asserted", "Operator"}}}}}));
}

TEST_F(TraceTest, NothingKnownIsAnAnswerThatSaysAsOfWhen) {
    experiment("one", "c1", "s", "m");
    story.number_all();
    const Json answer = story.trace(digest_of("unheard of"));
    EXPECT_EQ(answer["asOf"], 1);
    EXPECT_TRUE(answer["root"].is_null());
    EXPECT_TRUE(answer["nodes"].empty());
    EXPECT_TRUE(answer["gaps"].empty());
    EXPECT_EQ(answer["truncated"], false);
}

TEST_F(TraceTest, AModelLeadsToItsCommit) {
    experiment("one", "c1", "s", "m");
    story.number_all();
    const Json answer = story.trace(digest_of("m"));
    EXPECT_EQ(answer["root"], model_id("m"));
    EXPECT_THAT(node_ids(answer), SizeIs(9));
    EXPECT_THAT(node_ids(answer), Contains(commit_id("c1")));
}

// Nothing made it: the question can only be what came from it.
TEST_F(TraceTest, ABaseImageLeadsForwardToModelsTrialsAndExperiments) {
    experiment("one", "c1", "s", "m1");
    experiment("two", "c2", "t", "m2");
    story.tell(
        "vision", "one",
        {{ref(NodeKind::Attempt, "one-attempt"), Relation::PartOf, ref(NodeKind::Trial, "trial")},
         {ref(NodeKind::Trial, "trial"), Relation::PlannedBy,
          ref(NodeKind::ExperimentSpec, "plan")}});
    story.number_all();
    const Json answer = story.trace(digest_of("base"));
    EXPECT_EQ(answer["direction"], "Effects");
    for (const auto& id : {model_id("m1"), model_id("m2"), std::string("ExperimentSpec:one"),
                           std::string("ExperimentSpec:two"), std::string("Trial:trial"),
                           std::string("ExperimentSpec:plan")}) {
        EXPECT_THAT(node_ids(answer), Contains(id));
    }
    EXPECT_THAT(node_ids(answer), Not(Contains(commit_id("c1")))); // a cause of an effect is none
}

TEST_F(TraceTest, AModelLeadsForwardWhenAsked) {
    experiment("one", "c1", "s", "m");
    story.tell("vision", "two",
               {{ref(NodeKind::Attempt, "user"), Relation::Used, ref(NodeKind::Model, "m")}});
    story.number_all();
    const Json answer = *story.try_trace(digest_of("m"), {.viewer = {.namespaces = {"vision"}},
                                                          .direction = Direction::Descendants});
    EXPECT_THAT(node_ids(answer), Contains("Attempt:user"));
    EXPECT_THAT(node_ids(answer), Not(Contains(commit_id("c1"))));
    EXPECT_EQ(story.trace(digest_of("m"))["direction"], "Causes");
}

// What another namespace made is a cause, though it is not shown: the answer is that, not its uses.
TEST_F(TraceTest, WhatAnotherNamespaceMadeDoesNotLeadForward) {
    experiment("one", "c1", "s", "m", "secret");
    story.tell("vision", "two",
               {{ref(NodeKind::Attempt, "user"), Relation::Used, ref(NodeKind::Model, "m")}});
    story.number_all();
    const Json answer = story.trace(digest_of("m"));
    EXPECT_EQ(answer["direction"], "Causes");
    EXPECT_THAT(node_ids(answer), Not(Contains("Attempt:user")));
}

// The heart of "causes hang on acts": one tree, one image, two commits.
TEST_F(TraceTest, TwoCommitsWithOneTreeKeepTheirOwnAncestors) {
    experiment("one", "c1", "shared", "m1");
    experiment("two", "c2", "shared", "m2");
    story.number_all();
    const auto first = node_ids(story.trace(digest_of("m1")));
    EXPECT_THAT(first, Contains(commit_id("c1")));
    EXPECT_THAT(first, Not(Contains(commit_id("c2"))));
    const auto second = node_ids(story.trace(digest_of("m2")));
    EXPECT_THAT(second, Contains(commit_id("c2")));
    EXPECT_THAT(second, Not(Contains(commit_id("c1"))));
}

TEST_F(TraceTest, ACommitLeadsForwardToItsOwnModelsOnly) {
    experiment("one", "c1", "shared", "m1");
    experiment("two", "c2", "shared", "m2");
    story.number_all();
    const Json answer = story.trace(commit_query("c1"));
    EXPECT_EQ(answer["root"], commit_id("c1"));
    EXPECT_THAT(node_ids(answer), Contains(model_id("m1")));
    EXPECT_THAT(node_ids(answer), Not(Contains(model_id("m2"))));
    EXPECT_THAT(node_ids(answer), Not(Contains(ref(NodeKind::BaseImage, "base").id())));
}

TEST_F(TraceTest, BytesThatWereMadeTwiceListBothActsAndFollowEach) {
    experiment("one", "c1", "s1", "same");
    experiment("two", "c2", "s2", "same");
    story.number_all();
    const auto ids = node_ids(story.trace(digest_of("same")));
    EXPECT_THAT(ids, Contains("Attempt:one-attempt"));
    EXPECT_THAT(ids, Contains("Attempt:two-attempt"));
    EXPECT_THAT(ids, Contains(commit_id("c1")));
    EXPECT_THAT(ids, Contains(commit_id("c2")));
}

TEST_F(TraceTest, AModelThatWasAnInputIsFollowedIntoTheExperimentThatMadeIt) {
    experiment("one", "c1", "s1", "parent");
    experiment("two", "c2", "s2", "child");
    story.tell(
        "vision", "two",
        {{ref(NodeKind::Attempt, "two-attempt"), Relation::Used, ref(NodeKind::Model, "parent")}});
    story.number_all();
    EXPECT_THAT(node_ids(story.trace(digest_of("child"))), Contains(commit_id("c1")));
    EXPECT_THAT(node_ids(story.trace(commit_query("c1"))), Contains(model_id("child")));
    EXPECT_THAT(node_ids(story.trace(digest_of("parent"))), Not(Contains(commit_id("c2"))));
}

TEST_F(TraceTest, AnImageBuiltElsewhereIsFollowedToItsBuild) {
    experiment("one", "c1", "s1", "m1");
    story.tell("vision", "three",
               {{ref(NodeKind::Attempt, "three-attempt"), Relation::Used,
                 ref(NodeKind::Image, "s1-image")},
                {ref(NodeKind::Model, "m3"), Relation::GeneratedBy,
                 ref(NodeKind::Attempt, "three-attempt")}});
    story.number_all();
    EXPECT_THAT(node_ids(story.trace(digest_of("m3"))), Contains(commit_id("c1")));
    EXPECT_THAT(node_ids(story.trace(commit_query("c1"))), Contains(model_id("m3")));
}

TEST_F(TraceTest, AFileAnswersWithEveryManifestThatHoldsIt) {
    experiment("one", "c1", "s1", "m1");
    experiment("two", "c2", "s2", "m2");
    const auto file = ref(NodeKind::Artifact, "weights");
    story.tell("vision", "one", {{file, Relation::PartOf, ref(NodeKind::Model, "m1")}});
    story.tell("vision", "two", {{file, Relation::PartOf, ref(NodeKind::Model, "m2")}});
    story.number_all();
    const Json answer = story.trace(digest_of("weights"));
    EXPECT_EQ(answer["root"], file.id());
    EXPECT_THAT(node_ids(answer), Contains(model_id("m1")));
    EXPECT_THAT(node_ids(answer), Contains(model_id("m2")));
    EXPECT_THAT(node_ids(answer), Contains(commit_id("c2")));
    // And a model lists its files.
    EXPECT_THAT(node_ids(story.trace(digest_of("m1"))), Contains(file.id()));
    EXPECT_THAT(node_ids(story.trace(digest_of("m1"))), Not(Contains(model_id("m2"))));
}

TEST_F(TraceTest, AnExperimentIsFoundByItsNewestNameInItsNamespace) {
    for (const std::string uid : {"old", "new"}) {
        experiment(uid, "c-" + uid, uid, "m-" + uid);
        auto accepted = test::story_event(uid, "vision", uid, {});
        accepted.node(ref(NodeKind::ExperimentSpec, uid)).word("name", "mnist-1");
        story.append(accepted);
    }
    story.number_all();
    const Json answer = story.trace("exp/mnist-1");
    EXPECT_EQ(answer["root"], "ExperimentSpec:new");
    EXPECT_THAT(node_ids(answer), Contains(model_id("m-new")));
    EXPECT_THAT(node_ids(answer), Contains(commit_id("c-new")));
    EXPECT_THAT(node_ids(answer), Not(Contains(model_id("m-old"))));
    EXPECT_TRUE(story.trace("exp/mnist-1", "speech")["root"].is_null());
    EXPECT_EQ(
        story.trace_with("exp/mnist-1", {.viewer = {.namespaces = {"vision"}}, .as_of = 2})["root"],
        "ExperimentSpec:old");
}

TEST_F(TraceTest, ActsAreAskedForByTheirUid) {
    experiment("one", "c1", "s1", "m1");
    const auto run = ref(NodeKind::Run, "run-1");
    story.tell("vision", "one",
               {{run, Relation::GeneratedBy, ref(NodeKind::Attempt, "one-attempt")}});
    story.number_all();
    EXPECT_EQ(story.trace("attempt:one-attempt")["root"], "Attempt:one-attempt");
    EXPECT_EQ(story.trace("run:run-1")["root"], "Run:run-1");
    EXPECT_EQ(story.trace("run-1")["root"], "Run:run-1");
    EXPECT_THAT(node_ids(story.trace("run:run-1")), Contains(commit_id("c1")));
    EXPECT_EQ(story.trace("image:" + digest_of("s1-image"))["root"],
              ref(NodeKind::Image, "s1-image").id());
    EXPECT_TRUE(story.trace("image:" + digest_of("m1"))["root"].is_null());
}

// A server that somebody set up may give its runs the ids of another's.
TEST_F(TraceTest, RunsOfTwoServersWithOneIdAreTwo) {
    experiment("one", "c1", "s1", "m1");
    experiment("two", "c2", "s2", "m2");
    const std::string first = records::run_key("https://mlflow.example.com", "run-1");
    const std::string second = records::run_key("https://other.example.com", "run-1");
    for (const auto& [name, key] : {std::pair{"one", first}, {"two", second}}) {
        story.tell("vision", name,
                   {{ref(NodeKind::Run, key), Relation::GeneratedBy,
                     ref(NodeKind::Attempt, std::string(name) + "-attempt")}});
    }
    story.number_all();
    const Json answer = story.trace("run:" + first);
    EXPECT_EQ(answer["root"], "Run:" + first);
    EXPECT_EQ(answer["nodes"][0]["uid"], "run-1"); // as its server calls it
    EXPECT_THAT(node_ids(answer), Contains(commit_id("c1")));
    EXPECT_THAT(node_ids(answer), Not(Contains(commit_id("c2"))));
    const auto ambiguous = story.try_trace("run:run-1", {.viewer = {.namespaces = {"vision"}}});
    ASSERT_FALSE(ambiguous);
    EXPECT_THAT(ambiguous.error().message,
                testing::AllOf(testing::HasSubstr(first), testing::HasSubstr(second)));
    EXPECT_EQ(story.trace("run:run-1", "speech")["root"], Json());
}

TEST_F(TraceTest, ARunIsFoundByTheIdThatItsServerGaveIt) {
    experiment("one", "c1", "s1", "m1");
    const std::string key = records::run_key("https://mlflow.example.com", "run-1");
    story.tell(
        "vision", "one",
        {{ref(NodeKind::Run, key), Relation::GeneratedBy, ref(NodeKind::Attempt, "one-attempt")}});
    story.number_all();
    for (const std::string& asked :
         {std::string("run:run-1"), std::string("run-1"), "run:" + key}) {
        EXPECT_EQ(story.trace(asked)["root"], "Run:" + key) << asked;
    }
}

TEST_F(TraceTest, OtherNamespacesAreCountedNeverShown) {
    experiment("one", "c1", "shared", "parent", "speech");
    experiment("two", "c2", "own", "child", "vision");
    story.tell(
        "vision", "two",
        {{ref(NodeKind::Attempt, "two-attempt"), Relation::Used, ref(NodeKind::Model, "parent")}});
    auto secret = test::story_event("secret", "speech", "one", {});
    secret.node(ref(NodeKind::Model, "parent")).text("name", "canary-name").uri("s3://canary");
    secret.gap(GapKind::BytesGone, ref(NodeKind::Model, "parent"), "canary-gap");
    story.append(secret);
    story.number_all();

    const Json answer = story.trace(digest_of("child"));
    EXPECT_THAT(node_ids(answer), Contains(model_id("parent"))); // vision's own event names it
    EXPECT_THAT(node_ids(answer), Not(Contains("Attempt:one-attempt")));
    EXPECT_EQ(answer.dump().find("canary"), std::string::npos);
    EXPECT_EQ(answer.dump().find("speech"), std::string::npos);
    EXPECT_THAT(
        answer["gaps"],
        Contains(Json{{"kind", "HiddenByNamespace"},
                      {"sentence", "1 node is recorded in other namespaces and not shown."}}));

    const Json stranger = story.trace("attempt:one-attempt");
    EXPECT_TRUE(stranger["root"].is_null());
    EXPECT_TRUE(stranger["nodes"].empty());
    EXPECT_EQ(stranger["gaps"][0]["kind"], "HiddenByNamespace");

    const Json auditor = story.trace_with(
        digest_of("child"), {.viewer = {.namespaces = {}, .visibility = Visibility::Everything}});
    EXPECT_THAT(node_ids(auditor), Contains(commit_id("c1")));
    EXPECT_THAT(auditor["gaps"], SizeIs(1));
}

TEST_F(TraceTest, AnAnswerAsOfThePastKnowsNothingLater) {
    experiment("one", "c1", "s1", "m1");
    auto named = test::story_event("named", "vision", "one", {});
    named.node(ref(NodeKind::Model, "m1")).text("name", "later");
    story.append(named);
    experiment("two", "c2", "s2", "m1");
    story.number_all();
    const auto as_of = [&](std::int64_t entry) {
        return story.trace_with(digest_of("m1"),
                                {.viewer = {.namespaces = {"vision"}}, .as_of = entry});
    };
    EXPECT_TRUE(as_of(0)["root"].is_null());
    EXPECT_EQ(as_of(1)["asOf"], 1);
    EXPECT_FALSE(as_of(1)["nodes"][0]["attributes"].contains("name"));
    EXPECT_EQ(as_of(2)["nodes"][0]["attributes"]["name"], "later");
    EXPECT_THAT(node_ids(as_of(2)), Not(Contains(commit_id("c2"))));
    EXPECT_THAT(node_ids(as_of(3)), Contains(commit_id("c2")));
    auto transaction = *database.writer.begin();
    const auto beyond = trace(transaction, *parse_query(digest_of("m1")),
                              {.viewer = {.namespaces = {"vision"}}, .as_of = 4});
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code, ErrorCode::InvalidInput);
}

TEST_F(TraceTest, EachLimitCutsAndSaysSo) {
    experiment("one", "c1", "s1", "m1");
    story.number_all();
    const auto limited = [&](TraceOptions options) {
        options.viewer = {.namespaces = {"vision"}};
        return story.trace_with(digest_of("m1"), options);
    };
    EXPECT_FALSE(limited({.nodes_max = 9})["truncated"]);
    const Json few_nodes = limited({.nodes_max = 3});
    EXPECT_TRUE(few_nodes["truncated"]);
    EXPECT_THAT(few_nodes["nodes"], SizeIs(3));
    const Json few_edges = limited({.edges_max = 2});
    EXPECT_TRUE(few_edges["truncated"]);
    EXPECT_THAT(few_edges["edges"], SizeIs(2));
    const Json shallow = limited({.depth_max = 1});
    EXPECT_TRUE(shallow["truncated"]);
    EXPECT_THAT(node_ids(shallow), SizeIs(2));
}

TEST_F(TraceTest, AnEdgeSaidTwiceIsShownOnceAndSaysOnWhoseWord) {
    for (const std::string name : {"first", "second"}) {
        auto event = test::story_event(name, "vision", "one", {});
        event.node(ref(NodeKind::Run, "run"));
        event.node(ref(NodeKind::Attempt, "attempt"));
        event.edge(ref(NodeKind::Run, "run"), Relation::GeneratedBy,
                   ref(NodeKind::Attempt, "attempt"), Asserted::Tracker);
        story.append(event);
    }
    story.number_all();
    const Json answer = story.trace("run:run");
    ASSERT_THAT(answer["edges"], SizeIs(1));
    EXPECT_EQ(answer["edges"][0]["asserted"], "Tracker");
}

TEST_F(TraceTest, ALoopEnds) {
    story.tell("vision", "one",
               {{ref(NodeKind::Attempt, "a"), Relation::Follows, ref(NodeKind::Attempt, "b")},
                {ref(NodeKind::Attempt, "b"), Relation::Follows, ref(NodeKind::Attempt, "a")}});
    story.number_all();
    const Json answer = story.trace("attempt:a");
    EXPECT_FALSE(answer["truncated"]);
    EXPECT_THAT(answer["edges"], SizeIs(2));
}

} // namespace
} // namespace pedigree::lineage
