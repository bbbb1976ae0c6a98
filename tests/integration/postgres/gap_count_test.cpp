// How many gaps the status of an Experiment says its record has, against a real PostgreSQL: as many
// as its trace tells.
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "lineage/trace.h"
#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::GapKind;
using records::NodeKind;
using records::Relation;
using test::ref;

class GapCountTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    // Nobody said who asked for it; its attempt used an image that others use, too.
    void experiment(const std::string& uid, const std::string& name,
                    const std::string& name_space = "vision") {
        const auto spec = ref(NodeKind::ExperimentSpec, uid);
        const auto attempt = ref(NodeKind::Attempt, uid + "-attempt");
        auto event = test::story_event(
            uid, name_space, uid,
            {{attempt, Relation::PlannedBy, spec},
             {attempt, Relation::Used, ref(NodeKind::Image, "image")},
             {ref(NodeKind::Model, uid + "-model"), Relation::GeneratedBy, attempt}});
        event.node(spec).word("name", name);
        event.gap(GapKind::RequesterNotObserved, spec, "Nobody knows who asked for " + name + ".");
        story.append(event);
    }
    void gap(const std::string& uid, GapKind kind, const records::NodeRef& about,
             const std::string& sentence) {
        auto event = test::story_event(uid + about.id(), "vision", uid, {});
        event.gap(kind, about, sentence);
        story.append(event);
    }
    std::int64_t counted(const std::string& uid) {
        auto transaction = *database.writer.begin();
        return count_gaps(transaction, uid, options).value();
    }
    void expect_gaps(const std::string& uid, const std::string& name, std::int64_t count) {
        const Json gaps = story.trace_with("exp:" + name, options)["gaps"];
        EXPECT_EQ(gaps.size(), static_cast<std::size_t>(count)) << gaps;
        EXPECT_EQ(counted(uid), count) << gaps;
    }
    const TraceOptions options{.viewer = {.namespaces = {"vision"}}};
};

TEST_F(GapCountTest, AlikeOnesOfTwoAttemptsAreOne) {
    experiment("one", "mnist-1");
    const auto again = ref(NodeKind::Attempt, "again");
    story.tell("vision", "one",
               {{again, Relation::PlannedBy, ref(NodeKind::ExperimentSpec, "one")}});
    gap("one", GapKind::DataNotDeclared, ref(NodeKind::Attempt, "one-attempt"), "No input.");
    gap("one", GapKind::DataNotDeclared, again, "No input.");
    story.number_all();
    expect_gaps("one", "mnist-1", 2);
    expect_gaps("nine", "mnist-9", 0); // nobody knows it
}

TEST_F(GapCountTest, WhatAnotherExperimentRecordedOfTheSameImageCounts) {
    experiment("one", "mnist-1");
    experiment("two", "mnist-2");
    gap("one", GapKind::ImageNotRead, ref(NodeKind::Image, "image"), "The node did not say.");
    story.number_all();
    expect_gaps("one", "mnist-1", 2);
    expect_gaps("two", "mnist-2", 2);
}

TEST_F(GapCountTest, ANewerOneOfTheNameHasItsOwn) {
    experiment("one", "mnist-1");
    gap("one", GapKind::DataNotDeclared, ref(NodeKind::Attempt, "one-attempt"), "No input.");
    experiment("two", "mnist-1");
    story.number_all();
    EXPECT_EQ(counted("one"), 2);
    expect_gaps("two", "mnist-1", 1);
}

TEST_F(GapCountTest, WhatIsHiddenIsOne) {
    experiment("theirs", "speech-1", "speech");
    experiment("one", "mnist-1");
    story.tell("vision", "one",
               {{ref(NodeKind::Attempt, "one-attempt"), Relation::Used,
                 ref(NodeKind::Model, "theirs-model")}});
    story.number_all();
    expect_gaps("one", "mnist-1", 2);
}

} // namespace
} // namespace pedigree::lineage
