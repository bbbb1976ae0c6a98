#include "store/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::store {
namespace {

using testing::HasSubstr;

Rows rows_of(std::vector<std::string> columns, const std::vector<Cell>& cells) {
    Rows rows(std::move(columns), "SELECT", 0);
    for (const Cell& cell : cells) {
        rows.append_cell(cell);
    }
    return rows;
}

template <typename T>
Result<T> decoded(Cell cell) {
    return rows_of({"column_name"}, {cell}).value<T>();
}

TEST(RowsTest, ReadsRowsByPosition) {
    const Rows rows = rows_of({"id", "name"}, {"1", "a", "2", std::nullopt});
    const auto read = rows.as<int, std::optional<std::string>>();
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (std::vector<std::tuple<int, std::optional<std::string>>>{{1, "a"},
                                                                               {2, std::nullopt}}));
}

TEST(RowsTest, RefusesWhatDoesNotReadAsTheType) {
    EXPECT_FALSE(decoded<std::int64_t>("1x"));
    EXPECT_FALSE(decoded<std::int64_t>("9223372036854775808"));
    EXPECT_FALSE(decoded<int>("2147483648"));
    EXPECT_FALSE(decoded<bool>("true"));
    EXPECT_FALSE(decoded<Bytes>("00"));
    EXPECT_FALSE(decoded<Bytes>("\\x0"));
    EXPECT_FALSE(decoded<Digest>("\\x00"));
    EXPECT_FALSE(decoded<Instant>("2026-01-31 00:00:00+01"));
    EXPECT_FALSE(decoded<Json>("{"));
    EXPECT_FALSE(decoded<std::vector<std::int64_t>>("{1,NULL}"));
    const auto null = decoded<std::string>(std::nullopt);
    ASSERT_FALSE(null);
    EXPECT_EQ(null.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(null.error().message, HasSubstr("column_name"));
}

TEST(RowsTest, ReadsTimesWithAndWithoutFractions) {
    EXPECT_EQ(to_text(*decoded<Instant>("2026-01-31 23:59:59.5+00")),
              "2026-01-31T23:59:59.500000Z");
    EXPECT_EQ(to_text(*decoded<Instant>("2026-01-31 23:59:59+00")), "2026-01-31T23:59:59.000000Z");
}

TEST(RowsTest, ReadsArrays) {
    EXPECT_EQ(*decoded<std::vector<std::int64_t>>("{}"), std::vector<std::int64_t>{});
    EXPECT_EQ(*decoded<std::vector<std::int64_t>>("{1,-2}"), (std::vector<std::int64_t>{1, -2}));
    const Digest digest = sha256("x");
    EXPECT_EQ(*decoded<std::vector<Digest>>("{\"\\\\x" + digest.hex() + "\",\"\\\\x" +
                                            digest.hex() + "\"}"),
              (std::vector{digest, digest}));
}

TEST(RowsTest, CountsColumnsAndRows) {
    const Rows two = rows_of({"id"}, {"1", "2"});
    EXPECT_FALSE(two.value<int>());
    EXPECT_FALSE(two.at_most_one<int>());
    EXPECT_FALSE((two.as<int, int>()));
    EXPECT_FALSE(*rows_of({"id"}, {}).at_most_one<int>());
    EXPECT_EQ(*two.column<int>(), (std::vector{1, 2}));
}

} // namespace
} // namespace pedigree::store
