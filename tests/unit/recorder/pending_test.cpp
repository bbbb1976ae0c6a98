#include "recorder/pending.h"

#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"

namespace pedigree::recorder {
namespace {

TEST(Pending, keeps_the_order_over_a_restart) {
    const Scratch scratch;
    {
        PendingAppends pending;
        ASSERT_TRUE(pending.open(scratch.path() / "p"));
        for (const char* body : {"a\nb", "c", "d"}) {
            EXPECT_TRUE(pending.push({"/api/x", body}));
        }
        pending.pop();
    }
    PendingAppends again;
    ASSERT_TRUE(again.open(scratch.path() / "p"));
    EXPECT_TRUE(again.push({"/api/y", "e"}));
    std::string bodies;
    for (auto call = again.front(); call; call = again.front()) {
        bodies += call->body;
        again.pop();
    }
    EXPECT_EQ(bodies, "cde");
    EXPECT_TRUE(again.empty());
}

TEST(Pending, is_bounded_in_bytes) {
    const Scratch scratch;
    PendingAppends pending;
    ASSERT_TRUE(pending.open(scratch.path() / "p", 20));
    EXPECT_TRUE(pending.push({"/a", "0123456789"}));
    EXPECT_FALSE(pending.push({"/a", "0123456789"}));
    pending.pop();
    EXPECT_TRUE(pending.push({"/a", "0123456789"}));
}

} // namespace
} // namespace pedigree::recorder
