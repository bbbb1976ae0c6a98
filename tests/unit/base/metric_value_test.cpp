// The numbers of metrics, as documents, rows and MLflow's calls hold them.

#include "base/metric_value.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree {
namespace {

TEST(MetricValue, ReadsWhatItWrites) {
    for (const double number : {0.0, 1.0, -2.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 0.1}) {
        const MetricValue value(number);
        EXPECT_EQ(MetricValue::parse(value.text())->number(), number) << value.text();
    }
    for (const char* text : {"NaN", "Infinity", "-Infinity", "0.25", "1e-300", ""}) {
        EXPECT_EQ(MetricValue::parse(text)->text(), text);
    }
}

TEST(MetricValue, OfAnotherFormBecomesCanonical) {
    EXPECT_EQ(MetricValue::parse("1.50")->text(), "1.5");
    EXPECT_EQ(MetricValue::parse("1E3")->text(), "1000");
    EXPECT_EQ(MetricValue::parse("-0")->text(), "0");
}

TEST(MetricValue, WhatIsNoNumberIsRefused) {
    for (const char* text : {" 1", "1 ", "+1", "0x10", "1,5", "nan", "inf", "-inf", "infinity",
                             "nan(1)", "1e999", "1.5.2", "-", "1_000", "NaN "}) {
        EXPECT_FALSE(MetricValue::parse(text)) << text;
    }
}

TEST(MetricValue, InJsonIsANumberOrItsText) {
    EXPECT_EQ(MetricValue::from(2.5).text(), "2.5");
    EXPECT_EQ(MetricValue::from(7).text(), "7");
    EXPECT_EQ(MetricValue::from("Infinity").text(), "Infinity");
    for (const Json& other : {Json(), Json(true), Json::array({1}), Json("many")}) {
        EXPECT_TRUE(MetricValue::from(other).empty()) << other;
    }
}

TEST(MetricValue, ThatWasNotLoggedIsNoNumber) {
    EXPECT_TRUE(MetricValue().empty());
    EXPECT_FALSE(MetricValue().is_finite());
    EXPECT_TRUE(std::isnan(MetricValue::parse("")->number()));
    EXPECT_FALSE(MetricValue(std::nan("")).empty());
    EXPECT_EQ(MetricValue(std::nan("")), MetricValue(-std::nan("")));
    EXPECT_NE(MetricValue(std::nan("")), MetricValue());
}

} // namespace
} // namespace pedigree
