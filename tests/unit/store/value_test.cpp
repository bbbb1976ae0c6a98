#include "store/value.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::store {
namespace {

TEST(ParameterTest, PrintsEachTypeAsPostgresReadsIt) {
    EXPECT_EQ(Parameter(true).text(), "t");
    EXPECT_EQ(Parameter(-7).text(), "-7");
    EXPECT_EQ(Parameter("it's").text(), "it's");
    EXPECT_EQ(Parameter(std::nullopt).text(), std::nullopt);
    EXPECT_EQ(Parameter(std::optional<std::string>()).text(), std::nullopt);
    EXPECT_EQ(Parameter(std::optional<int>(3)).text(), "3");
    EXPECT_EQ(Parameter(Json{{"b", 1}, {"a", "x"}}).text(), R"({"a":"x","b":1})");
    EXPECT_EQ(Parameter(*parse_instant("2026-01-31T00:00:00Z")).text(),
              "2026-01-31T00:00:00.000000Z");
}

TEST(ParameterTest, SendsBytesAsBytes) {
    const Parameter parameter(Bytes{std::string("\0\\x", 3)});
    EXPECT_TRUE(parameter.binary());
    EXPECT_EQ(parameter.text(), std::string("\0\\x", 3));
    EXPECT_EQ(Parameter(Digest{}).text()->size(), 32U);
}

TEST(ParameterTest, QuotesWhatIsSpecialInArrays) {
    EXPECT_EQ(Parameter(std::vector<std::int64_t>{}).text(), "{}");
    EXPECT_EQ(Parameter(std::vector<std::int64_t>{1, -2}).text(), "{1,-2}");
    EXPECT_EQ(Parameter(std::vector<std::string>{"a,b", "\"q\"", "\\", "", "NULL"}).text(),
              R"({"a,b","\"q\"","\\","","NULL"})");
    EXPECT_EQ(Parameter(std::vector<Bytes>{{"\x01\xff"}}).text(), R"({"\\x01ff"})");
}

} // namespace
} // namespace pedigree::store
