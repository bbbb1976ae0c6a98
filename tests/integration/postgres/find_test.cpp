// Lists against a real PostgreSQL.
#include "lineage/find.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;
using records::Relation;
using test::digest_of;
using test::ref;
using testing::ElementsAre;
using testing::IsEmpty;

class FindTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    void experiment(const std::string& name, const std::string& project,
                    std::initializer_list<std::string> models,
                    const std::string& name_space = "vision") {
        auto accepted =
            test::story_event(name_space + name + "/accepted", name_space, name + "-uid", {});
        accepted.node(ref(NodeKind::ExperimentSpec, name + "-uid"))
            .word("name", name)
            .word("project", project);
        story.append(accepted);
        const auto attempt = ref(NodeKind::Attempt, name + "-attempt");
        auto observed = test::story_event(
            name_space + name + "/observed", name_space, name + "-uid",
            {{ref(NodeKind::Run, name + "-run"), Relation::GeneratedBy, attempt}});
        observed.node(attempt);
        observed.edge(attempt, Relation::PartOf, ref(NodeKind::Trial, name + "-trial"),
                      records::Asserted::Operator);
        for (const std::string& model : models) {
            observed.node(ref(NodeKind::Model, model)).attribute("files", std::int64_t{3});
            observed.edge(ref(NodeKind::Model, model), Relation::GeneratedBy, attempt,
                          records::Asserted::Recorder);
        }
        story.append(observed);
        story.number_all();
    }

    Json find_with(FindOptions options) {
        if (options.viewer.namespaces.empty()) {
            options.viewer.namespaces = {"vision"};
        }
        store::Pool api(database.dsn, test::pool_as("pedigree_api", 1));
        auto transaction = *api.begin({.access = store::Access::ReadOnly});
        const auto answer = find(transaction, options);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? *answer : Json();
    }
    static std::vector<std::string> keys(const Json& answer) {
        std::vector<std::string> out;
        for (const Json& item : answer.at("items")) {
            out.push_back(item.contains("digest") ? item["digest"] : item["uid"]);
        }
        return out;
    }
};

TEST_F(FindTest, ListsTheModelsOfAProjectNewestFirst) {
    experiment("mnist-1", "mnist", {"a"});
    experiment("other-1", "other", {"b"});
    experiment("mnist-2", "mnist", {"c"});
    const Json answer = find_with({.project = "mnist"});
    EXPECT_THAT(keys(answer), ElementsAre(digest_of("c"), digest_of("a")));
    EXPECT_EQ(answer["asOf"], 6);
    EXPECT_EQ(answer["truncated"], false);
    const Json& newest = answer["items"][0];
    EXPECT_EQ(newest["experiment"], "mnist-2");
    EXPECT_EQ(newest["project"], "mnist");
    EXPECT_EQ(newest["namespace"], "vision");
    EXPECT_EQ(newest["entry"], 6);
    EXPECT_EQ(newest["attributes"]["files"], 3);
    EXPECT_TRUE(parse_instant(newest["recorded"].get<std::string>()));
    EXPECT_THAT(keys(find_with({})), ElementsAre(digest_of("c"), digest_of("b"), digest_of("a")));
    EXPECT_THAT(keys(find_with({.project = "unheard-of"})), IsEmpty());
}

TEST_F(FindTest, ListsTheOtherKinds) {
    experiment("mnist-1", "mnist", {"a"});
    EXPECT_THAT(keys(find_with({.listed = Listed::Attempts})), ElementsAre("mnist-1-attempt"));
    EXPECT_THAT(keys(find_with({.listed = Listed::Runs})), ElementsAre("mnist-1-run"));
    EXPECT_THAT(keys(find_with({.listed = Listed::Experiments, .project = "mnist"})),
                ElementsAre("mnist-1-uid"));
}

TEST_F(FindTest, ARunSaysWhichAttemptOfWhichTrialMadeIt) {
    experiment("mnist-1", "mnist", {});
    auto more = test::story_event(
        "more", "vision", "mnist-1-uid",
        {{ref(NodeKind::Run, "second"), Relation::GeneratedBy, ref(NodeKind::Attempt, "pod-7")},
         {ref(NodeKind::Attempt, "pod-7"), Relation::PartOf, ref(NodeKind::Trial, "t3")}});
    more.node(ref(NodeKind::Attempt, "pod-7")).attribute("number", std::int64_t{2});
    more.node(ref(NodeKind::Trial, "t3")).attribute("number", std::int64_t{3});
    story.append(more);
    story.number_all();
    const Json answer = find_with({.listed = Listed::Runs});
    ASSERT_THAT(keys(answer), ElementsAre("second", "mnist-1-run"));
    EXPECT_EQ(answer["items"][0]["trial"], 3);
    EXPECT_EQ(answer["items"][0]["attempt"], 2);
    EXPECT_EQ(answer["items"][0]["podUid"], "pod-7");
    EXPECT_EQ(answer["items"][1]["trial"], 0); // nobody recorded its number
    EXPECT_EQ(answer["items"][1]["podUid"], "mnist-1-attempt");
    EXPECT_FALSE(find_with({.listed = Listed::Attempts})["items"][0].contains("trial"));
}

TEST_F(FindTest, OfOneExperimentTheNewestOfItsName) {
    experiment("mnist-1", "mnist", {"a"});
    experiment("mnist-2", "mnist", {"b"});
    const FindOptions runs{.listed = Listed::Runs, .experiment = "mnist-1"};
    EXPECT_THAT(keys(find_with(runs)), ElementsAre("mnist-1-run"));
    EXPECT_THAT(keys(find_with({.experiment = "mnist-2"})), ElementsAre(digest_of("b")));
    // A name is free again when its Experiment was deleted.
    auto again = test::story_event("again", "vision", "other-uid",
                                   {{ref(NodeKind::Run, "new"), Relation::GeneratedBy,
                                     ref(NodeKind::Attempt, "new-attempt")}});
    again.node(ref(NodeKind::ExperimentSpec, "other-uid")).word("name", "mnist-1");
    story.append(again);
    story.number_all();
    EXPECT_THAT(keys(find_with(runs)), ElementsAre("new"));
}

TEST_F(FindTest, AnExperimentThatNobodyRecordedIsAnError) {
    experiment("mnist-1", "mnist", {"a"});
    auto transaction = *database.writer.begin({.access = store::Access::ReadOnly});
    for (const std::string name_space : {"vision", "speech"}) {
        const std::string name = name_space == "vision" ? "mnist-9" : "mnist-1";
        const auto answer = find(
            transaction,
            {.viewer = {.namespaces = {name_space}}, .listed = Listed::Runs, .experiment = name});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::NotFound);
        EXPECT_EQ(answer.error().message, "no Experiment " + name + " is in the record");
    }
}

TEST_F(FindTest, TheSameBytesMadeTwiceAreTwoItems) {
    experiment("mnist-1", "mnist", {"same"});
    experiment("mnist-2", "mnist", {"same"});
    EXPECT_THAT(keys(find_with({})), ElementsAre(digest_of("same"), digest_of("same")));
}

TEST_F(FindTest, OtherNamespacesAreNotListed) {
    experiment("mnist-1", "mnist", {"a"});
    experiment("mnist-1", "mnist", {"b"}, "speech");
    EXPECT_THAT(keys(find_with({.viewer = {.namespaces = {"speech"}}})),
                ElementsAre(digest_of("b")));
    EXPECT_THAT(keys(find_with({.viewer = {.namespaces = {"nobody"}}})), IsEmpty());
    EXPECT_THAT(
        keys(find_with({.viewer = {.namespaces = {}, .visibility = Visibility::Everything}})),
        ElementsAre(digest_of("b"), digest_of("a")));
}

TEST_F(FindTest, PagesEndBetweenEntriesAndLoseNothing) {
    experiment("mnist-1", "mnist", {"a", "b"});
    experiment("mnist-2", "mnist", {"c", "d"});
    experiment("mnist-3", "mnist", {"e"});
    std::vector<std::string> all;
    std::optional<std::int64_t> before;
    int pages = 0;
    for (bool more = true; more; ++pages) {
        const Json page = find_with({.before = before, .items_max = 2});
        const auto part = keys(page);
        EXPECT_LE(part.size(), 2U);
        all.insert(all.end(), part.begin(), part.end());
        more = page["truncated"];
        if (more) {
            before = page["next"].get<std::int64_t>();
        }
        ASSERT_LT(pages, 9);
    }
    EXPECT_EQ(pages, 3);
    EXPECT_THAT(all, testing::UnorderedElementsAre(digest_of("a"), digest_of("b"), digest_of("c"),
                                                   digest_of("d"), digest_of("e")));
}

} // namespace
} // namespace pedigree::lineage
