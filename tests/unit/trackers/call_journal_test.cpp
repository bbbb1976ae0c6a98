#include "trackers/call_journal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"

namespace pedigree::trackers {
namespace {

struct Heard {
    std::string method, path, body;
    Instant now;
    Body state;
};

std::vector<Heard> reopened(const Scratch& scratch, CallJournal& journal,
                            std::uint64_t bytes_max = call_journal_bytes_max) {
    std::vector<Heard> heard;
    EXPECT_TRUE(journal.open(
        scratch.path(),
        {.call =
             [&](const Call& call) {
                 heard.push_back({std::string(call.method), std::string(call.path),
                                  std::string(call.body), call.now, call.state});
             },
         .upload =
             [&](std::string_view path, const Shelved& shelved) {
                 heard.push_back({"upload",
                                  std::string(path),
                                  fmt::format("{} {}", shelved.sha256.hex(), shelved.bytes),
                                  {},
                                  Body::Whole});
             }},
        bytes_max));
    return heard;
}

const Instant noon = *parse_instant("2026-11-30T12:00:00.5Z");

TEST(CallJournal, gives_the_calls_back_in_their_order_byte_for_byte) {
    const Scratch scratch;
    const std::string bytes("a\n{\"x\":\0\xff}\n", 11);
    {
        CallJournal journal;
        EXPECT_TRUE(reopened(scratch, journal).empty());
        journal.add({"POST", "/graphql", bytes, noon});
        journal.add({"POST", "/files/e/p/r/file_stream", "", noon, Body::Cut});
        journal.add_upload("a b/ä", {sha256("abc"), 3});
    }
    CallJournal again;
    const auto heard = reopened(scratch, again);
    ASSERT_EQ(heard.size(), 3u);
    EXPECT_EQ(heard[0].body, bytes);
    EXPECT_EQ(heard[0].now, noon);
    EXPECT_EQ(heard[1].path, "/files/e/p/r/file_stream");
    EXPECT_EQ(heard[1].state, Body::Cut);
    EXPECT_EQ(heard[2].path, "a b/ä");
    EXPECT_EQ(heard[2].body, sha256("abc").hex() + " 3");
    EXPECT_FALSE(again.was_full());
}

TEST(CallJournal, goes_on_behind_an_entry_that_was_cut) {
    const Scratch scratch;
    {
        CallJournal journal;
        reopened(scratch, journal);
        journal.add({"POST", "/graphql", "first", noon});
        journal.add({"POST", "/graphql", "second", noon});
    }
    for (const std::size_t left : {1u, 4u, 30u}) {
        const auto path = scratch.path() / "calls";
        std::filesystem::resize_file(path, std::filesystem::file_size(path) - left);
        CallJournal journal;
        EXPECT_EQ(reopened(scratch, journal).size(), 1u);
        journal.add({"POST", "/graphql", "second", noon});
    }
    CallJournal journal;
    EXPECT_EQ(reopened(scratch, journal).size(), 2u);
}

TEST(CallJournal, says_in_every_later_life_that_it_was_full) {
    const Scratch scratch;
    {
        CallJournal journal;
        reopened(scratch, journal, 300);
        for (int i = 0; i < 10; ++i) {
            journal.add({"POST", "/graphql", std::string(100, 'x'), noon});
        }
        EXPECT_FALSE(journal.was_full());
    }
    EXPECT_LT(std::filesystem::file_size(scratch.path() / "calls"), 400u);
    CallJournal again;
    EXPECT_EQ(reopened(scratch, again).size(), 1u);
    EXPECT_TRUE(again.was_full());
}

} // namespace
} // namespace pedigree::trackers
