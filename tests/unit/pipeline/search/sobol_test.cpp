#include "pipeline/search/sample/sobol.h"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

TEST(Sobol, IsScipysWithoutScrambling) {
    const Json values = parse_json(*read_file(case_path("search/scipy_values.json"))).value();
    const Sobol sobol(21, 0, Sobol::Scramble::No);
    for (const Json& row : values["sobol"]) {
        const auto point = sobol.at(row[0]);
        for (std::size_t i = 0; i < point.size(); ++i) {
            EXPECT_NEAR(point[i], row[1][i].get<double>(), 1e-9) << row[0] << " " << i;
        }
    }
}

// Any 2^k points that begin at a multiple of 2^k have one in each of 2^k equal parts of an axis,
// scrambled or not, also beyond the table of direction numbers.
TEST(Sobol, EveryAxisIsFilledEvenly) {
    for (const auto scramble : {Sobol::Scramble::No, Sobol::Scramble::Yes}) {
        const Sobol sobol(40, 9, scramble);
        for (std::size_t axis = 0; axis < 40; ++axis) {
            std::set<int> cells;
            for (std::uint32_t index = 64; index < 128; ++index) {
                const double at = sobol.at(index)[axis];
                ASSERT_TRUE(at > 0 && at < 1);
                cells.insert(static_cast<int>(at * 64));
            }
            EXPECT_EQ(cells.size(), 64) << axis;
        }
    }
}

TEST(Sobol, SeedsScrambleDifferently) {
    EXPECT_EQ(Sobol(3, 1).at(5), Sobol(3, 1).at(5));
    EXPECT_NE(Sobol(3, 1).at(5), Sobol(3, 2).at(5));
}

} // namespace
} // namespace pedigree::search
