// What a model's trace ends with, against a real PostgreSQL and with the real graph writer.
#include "lineage/tried.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::Asserted;
using records::NodeKind;
using records::Relation;
using test::digest_of;
using test::ref;
using testing::ElementsAre;
using testing::SizeIs;

class TriedTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    void accept(const std::string& name, const std::string& project,
                const std::string& name_space = "vision") {
        auto event = test::story_event(name + "/accepted", name_space, name + "-uid", {});
        event.node(ref(NodeKind::ExperimentSpec, name + "-uid"))
            .word("name", name)
            .word("project", project)
            .text("spec", R"({"search":{"objective":{"goal":"Maximize","metric":"accuracy"}}})");
        story.append(event);
    }
    void finish(const std::string& name, const std::string& best_value) {
        auto event = test::story_event(name + "/finished", "vision", name + "-uid", {});
        event.node(ref(NodeKind::ExperimentSpec, name + "-uid"))
            .word("outcome", "Succeeded")
            .word("reason", "Completed")
            .word("bestValue", best_value)
            .attribute("bestTrial", std::int64_t{2});
        story.append(event);
    }
    static records::NodeRef trial_ref(const std::string& name, std::int64_t number) {
        return ref(NodeKind::Trial, name + "-trial-" + std::to_string(number));
    }
    void propose(const std::string& name, std::int64_t number, const std::string& parameters) {
        const auto spec = ref(NodeKind::ExperimentSpec, name + "-uid");
        auto event = test::story_event(name + "/proposed/" + std::to_string(number), "vision",
                                       name + "-uid", {});
        event.node(spec);
        event.node(trial_ref(name, number))
            .attribute("number", number)
            .text("parameters", parameters)
            .word("proposedBy", "Sobol");
        event.edge(trial_ref(name, number), Relation::PlannedBy, spec, Asserted::Operator);
        story.append(event);
    }
    void end(const std::string& name, std::int64_t number, const std::string& state,
             const std::string& value) {
        auto event = test::story_event(name + "/ended/" + std::to_string(number), "vision",
                                       name + "-uid", {});
        auto node = event.node(trial_ref(name, number));
        node.word("state", state);
        if (!value.empty()) {
            node.word("value", value);
        } else {
            node.word("failureClass", "OutOfMemory");
        }
        story.append(event);
    }
    // The trial's attempt, which makes this model.
    void make(const std::string& name, std::int64_t number, const std::string& model) {
        const auto attempt = ref(NodeKind::Attempt, name + "-pod-" + std::to_string(number));
        story.tell("vision", name + "-uid",
                   {{attempt, Relation::PartOf, trial_ref(name, number)},
                    {ref(NodeKind::Model, model), Relation::GeneratedBy, attempt},
                    {ref(NodeKind::Artifact, model + "-file"), Relation::PartOf,
                     ref(NodeKind::Model, model)}});
    }
    void search_of_four(const std::string& name, const std::string& model) {
        propose(name, 1, R"({"lr":0.01,"units":8})");
        propose(name, 2, R"({"lr":0.02,"units":8})");
        propose(name, 3, R"({"lr":0.02,"units":16})");
        end(name, 1, "Completed", "0.5");
        end(name, 2, "Completed", "0.75");
        propose(name, 4, R"({"lr":0.02,"units":32})");
        end(name, 3, "Completed", "0.9");
        make(name, 3, model);
        end(name, 4, "Failed", "");
    }
    static std::vector<std::string> names(const Json& experiments) {
        std::vector<std::string> found;
        for (const Json& experiment : experiments) {
            found.push_back(experiment["name"]);
        }
        return found;
    }
};

TEST_F(TriedTest, AModelEndsWithTheTrialsBeforeIts) {
    accept("mnist-1", "mnist");
    search_of_four("mnist-1", "m");
    story.number_all();
    const Json tried = story.trace(digest_of("m"))["tried"];
    EXPECT_EQ(tried["of"], "Trial:mnist-1-trial-3");
    EXPECT_EQ(tried["experiment"], "mnist-1");
    EXPECT_EQ(tried["project"], "mnist");
    EXPECT_EQ(tried["metric"], "accuracy");
    EXPECT_EQ(tried["counts"], (Json{{"Completed", 2}}));
    EXPECT_EQ(tried["truncated"], false);
    ASSERT_THAT(tried["trials"], SizeIs(2)); // not the fourth, which came later
    EXPECT_EQ(tried["trials"][0], (Json{{"id", "Trial:mnist-1-trial-2"},
                                        {"number", 2},
                                        {"state", "Completed"},
                                        {"value", 0.75},
                                        {"proposedBy", "Sobol"},
                                        {"parameters", {{"units", 8}}}}));
    EXPECT_EQ(tried["trials"][1]["parameters"], (Json{{"lr", 0.01}, {"units", 8}}));
}

TEST_F(TriedTest, AFileAnAttemptAndARunEndWithTheSame) {
    accept("mnist-1", "mnist");
    search_of_four("mnist-1", "m");
    story.tell("vision", "mnist-1-uid",
               {{ref(NodeKind::Run, "run-3"), Relation::GeneratedBy,
                 ref(NodeKind::Attempt, "mnist-1-pod-3")}});
    story.number_all();
    const Json tried = story.trace(digest_of("m"))["tried"];
    EXPECT_EQ(story.trace(digest_of("m-file"))["tried"], tried);
    EXPECT_EQ(story.trace("attempt:mnist-1-pod-3")["tried"], tried);
    EXPECT_EQ(story.trace("run:run-3")["tried"], tried);
    EXPECT_EQ(story.trace("mnist-1-trial-3")["tried"], tried);
}

TEST_F(TriedTest, AFailedTrialSaysWhy) {
    accept("mnist-1", "mnist");
    search_of_four("mnist-1", "m");
    propose("mnist-1", 5, "{}");
    make("mnist-1", 5, "late");
    story.number_all();
    const Json tried = story.trace(digest_of("late"))["tried"];
    EXPECT_EQ(tried["counts"], (Json{{"Completed", 3}, {"Failed", 1}}));
    EXPECT_EQ(tried["trials"][0]["number"], 3); // the best
    EXPECT_EQ(tried["trials"][3]["failureClass"], "OutOfMemory");
    EXPECT_TRUE(tried["trials"][3]["value"].is_null());
}

TEST_F(TriedTest, ThenTheProjectsEarlierExperimentsNewestFirst) {
    accept("mnist-1", "mnist");
    finish("mnist-1", "0.75");
    accept("other-1", "other");
    accept("hidden-1", "mnist", "speech");
    accept("mnist-2", "mnist");
    accept("mnist-3", "mnist");
    accept("mnist-4", "mnist");
    search_of_four("mnist-3", "m");
    story.number_all();
    const Json experiments = story.trace(digest_of("m"))["tried"]["experiments"];
    EXPECT_THAT(names(experiments), ElementsAre("mnist-2", "mnist-1"));
    EXPECT_TRUE(experiments[0]["outcome"].is_null());
    EXPECT_EQ(experiments[1], (Json{{"id", "ExperimentSpec:mnist-1-uid"},
                                    {"name", "mnist-1"},
                                    {"outcome", "Succeeded"},
                                    {"reason", "Completed"},
                                    {"bestTrial", 2},
                                    {"bestValue", 0.75}}));
    const Json whole = story.trace("exp/mnist-3")["tried"];
    EXPECT_EQ(whole["experiments"], experiments);
    EXPECT_THAT(whole["trials"], SizeIs(0)); // they are the answer itself
    EXPECT_FALSE(whole.contains("of"));
}

TEST_F(TriedTest, AsOfThePastKnowsNothingLater) {
    accept("mnist-1", "mnist");
    search_of_four("mnist-1", "m"); // trial 2 ends with entry 6, the model is made with 9
    const std::int64_t made = 9;
    finish("mnist-1", "0.75");
    accept("mnist-2", "mnist");
    make("mnist-2", 1, "n");
    propose("mnist-2", 1, "{}");
    story.number_all();
    const auto as_of = [&](const std::string& model, std::int64_t entry) {
        return story.trace_with(digest_of(model),
                                {.viewer = {.namespaces = {"vision"}}, .as_of = entry})["tried"];
    };
    EXPECT_THAT(as_of("m", made)["trials"], SizeIs(2));
    EXPECT_EQ(as_of("m", made)["counts"], (Json{{"Completed", 2}}));
    EXPECT_EQ(story.trace(digest_of("n"))["tried"]["experiments"][0]["bestValue"], 0.75);
}

TEST_F(TriedTest, ALongSearchIsCutAndSaysSo) {
    accept("mnist-1", "mnist");
    for (std::int64_t number = 1; number <= 25; ++number) {
        propose("mnist-1", number, "{}");
        end("mnist-1", number, "Completed", "0." + std::to_string(10 + number));
    }
    make("mnist-1", 25, "m");
    story.number_all();
    const Json tried = story.trace(digest_of("m"))["tried"];
    EXPECT_EQ(tried["counts"], (Json{{"Completed", 24}}));
    ASSERT_THAT(tried["trials"], SizeIs(tried_trials_max));
    EXPECT_EQ(tried["trials"][0]["value"], 0.34);
    EXPECT_EQ(tried["truncated"], true);
}

TEST_F(TriedTest, BytesOfNoExperimentHaveNoSuchSection) {
    story.tell("vision", "one",
               {{ref(NodeKind::Attempt, "a"), Relation::Used, ref(NodeKind::Dataset, "d")}});
    story.number_all();
    EXPECT_FALSE(story.trace(digest_of("d")).contains("tried"));
    EXPECT_FALSE(story.trace("attempt:a").contains("tried"));
    EXPECT_FALSE(story.trace(digest_of("unheard of")).contains("tried"));
}

} // namespace
} // namespace pedigree::lineage
