// Which attempts made some bytes, against a real PostgreSQL.
#include "lineage/made_by.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;
using records::Relation;
using test::digest_of;
using test::ref;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MadeBy, NamesTheAttemptsOfTheNamespaceNewestFirst) {
    test::MigratedDatabase database;
    test::Story story{database};
    const auto made = [&](const char* name_space, const char* pod, NodeKind kind) {
        story.tell(name_space, std::string("of-") + pod,
                   {{ref(kind, "m"), Relation::GeneratedBy, ref(NodeKind::Attempt, pod)}});
    };
    made("vision", "pod-1", NodeKind::Model);
    made("vision", "pod-2", NodeKind::Artifact);
    made("speech", "pod-3", NodeKind::Model); // the same bytes, and none of vision's business
    made("vision", "pod-4", NodeKind::Run);
    story.tell("vision", "of-pod-5", // read, not made
               {{ref(NodeKind::Attempt, "pod-5"), Relation::Used, ref(NodeKind::Model, "m")}});
    story.number_all();
    auto transaction = *database.writer.begin();
    const auto found = [&](const char* name_space, std::size_t count_max) {
        const auto attempts =
            attempts_that_made(transaction, name_space, digest_of("m"), count_max);
        EXPECT_TRUE(attempts) << attempts.error().message;
        return attempts.value_or(std::vector<std::string>{});
    };
    EXPECT_THAT(found("vision", 10), ElementsAre("pod-2", "pod-1"));
    EXPECT_THAT(found("vision", 1), ElementsAre("pod-2"));
    EXPECT_THAT(found("speech", 10), ElementsAre("pod-3"));
    EXPECT_THAT(found("nobody", 10), IsEmpty());
}

} // namespace
} // namespace pedigree::lineage
