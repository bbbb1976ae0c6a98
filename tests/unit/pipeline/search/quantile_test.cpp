#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "pipeline/search/sample/distribution.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

Json scipy_values() {
    return parse_json(*read_file(case_path("search/scipy_values.json"))).value();
}

void expect_close(double ours, double theirs, const Json& row) {
    EXPECT_NEAR(ours, theirs, 1e-9 * (1 + std::abs(theirs))) << row.dump();
}

TEST(Quantiles, AreThoseOfScipy) {
    const Json values = scipy_values();
    for (const Json& row : values["normal"]) {
        expect_close(normal_quantile(row[0]), row[1], row);
        expect_close(normal_cdf(row[1]), row[0], row);
    }
    for (const Json& row : values["beta"]) {
        expect_close(beta_quantile(row[0], row[1], row[2]), row[3], row);
    }
    for (const Json& row : values["truncated"]) {
        expect_close(truncated_normal_quantile(row[0], {row[1], row[2], row[3], row[4]}), row[5],
                     row);
    }
}

TEST(Quantiles, StayInsideWhereNoDoubleIsLeft) {
    EXPECT_EQ(truncated_normal_quantile(0.5, {0, 1, 50, 51}), 50);
    EXPECT_EQ(truncated_normal_quantile(0.5, {0, 1, -51, -50}), -50);
}

} // namespace
} // namespace pedigree::search
