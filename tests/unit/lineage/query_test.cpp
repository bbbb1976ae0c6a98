#include "lineage/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::lineage {
namespace {

const std::string hex64(64, 'a');
const std::string hex40(40, 'b');

TEST(QueryTest, ReadsEveryForm) {
    const auto expect = [](const std::string& text, QueryKind kind, const std::string& key) {
        const auto query = parse_query(text);
        ASSERT_TRUE(query) << query.error().message;
        EXPECT_EQ(query->kind, kind) << text;
        EXPECT_EQ(query->key, key) << text;
    };
    expect("exp/mnist-1", QueryKind::Experiment, "mnist-1");
    expect("exp:mnist-1", QueryKind::Experiment, "mnist-1");
    expect("sha256:" + hex64, QueryKind::Bytes, "sha256:" + hex64);
    expect("image:sha256:" + hex64, QueryKind::Image, "sha256:" + hex64);
    expect("commit:" + hex40, QueryKind::Commit, "sha1:" + hex40);
    expect("commit:" + hex64, QueryKind::Commit, "sha256:" + hex64);
    expect("attempt:7c0f", QueryKind::Attempt, "7c0f");
    expect("run:0123abcd", QueryKind::Run, "0123abcd");
    expect("26494ad7-e26f-42f5-a945-e08693b0059a", QueryKind::Act,
           "26494ad7-e26f-42f5-a945-e08693b0059a");
}

TEST(QueryTest, OnlyACommitIsFollowedForward) {
    EXPECT_EQ(parse_query("commit:" + hex40)->direction(), Direction::Descendants);
    EXPECT_EQ(parse_query("sha256:" + hex64)->direction(), Direction::Ancestors);
}

TEST(QueryTest, RefusesWhatItCannotAskAndSaysWhatItCan) {
    for (const std::string& text :
         {std::string(), std::string("sha256:abc"), "sha256:" + std::string(64, 'A'),
          "sha256:" + hex64 + "a", "image:" + hex64, std::string("image:latest"),
          "commit:" + hex64 + "a", std::string("commit:main"), std::string("./model"),
          std::string("exp/"), std::string("a b"), std::string("run:\0", 5),
          std::string(513, 'x')}) {
        const auto query = parse_query(text);
        ASSERT_FALSE(query) << text;
        EXPECT_EQ(query.error().code, ErrorCode::InvalidInput);
        EXPECT_THAT(query.error().message, testing::HasSubstr("exp/NAME"));
    }
}

} // namespace
} // namespace pedigree::lineage
