// Which runs an attempt made, against a real PostgreSQL.
#include "lineage/attempt_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;
using records::Relation;
using test::ref;
using testing::ElementsAre;
using testing::Pair;

TEST(AttemptRuns, AreFoundByAttemptInTheOrderOfTheirRecord) {
    test::MigratedDatabase database;
    test::Story story{database};
    const auto first = ref(NodeKind::Attempt, "pod-1");
    const auto second = ref(NodeKind::Attempt, "pod-2");
    story.tell("vision", "one", {{ref(NodeKind::Run, "z"), Relation::GeneratedBy, first}});
    story.tell("vision", "one",
               {{ref(NodeKind::Run, "a"), Relation::GeneratedBy, first},
                {ref(NodeKind::Run, "z"), Relation::GeneratedBy, first}, // said again
                {ref(NodeKind::Model, "m"), Relation::GeneratedBy, first},
                {ref(NodeKind::Run, "b"), Relation::GeneratedBy, second}});
    story.number_all();
    auto transaction = *database.writer.begin();
    const auto runs = runs_of_attempts(transaction, {"pod-1", "", "pod-3"});
    ASSERT_TRUE(runs) << runs.error().message;
    EXPECT_THAT(*runs, ElementsAre(Pair("pod-1", ElementsAre("z", "a"))));
}

} // namespace
} // namespace pedigree::lineage
