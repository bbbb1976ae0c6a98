#include "trackers/wandb/series.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pedigree::trackers::wandb {
namespace {

TEST(Series, HasFirstLastLeastAndGreatest) {
    Series series;
    series.add({0, 3}, Step::New);
    series.add({1, -1}, Step::New);
    series.add({2, 2}, Step::New);
    EXPECT_EQ(series.count, 3);
    EXPECT_EQ(series.first.value, 3);
    EXPECT_EQ(series.last.value, 2);
    EXPECT_EQ(series.least.step, 1);
    EXPECT_EQ(series.greatest.step, 0);
}

TEST(Series, KeepsWhatIsNotFiniteOutOfTheExtremes) {
    Series series;
    series.add({0, NAN}, Step::New);
    EXPECT_FALSE(series.has_finite());
    series.add({1, 5}, Step::New);
    series.add({2, INFINITY}, Step::New);
    EXPECT_EQ(series.count, 3);
    EXPECT_EQ(series.not_finite, 2);
    EXPECT_EQ(series.greatest.value, 5);
    EXPECT_TRUE(std::isinf(series.last.value));
}

TEST(Series, CorrectsAStepThatComesAgain) {
    Series series;
    series.add({0, 1}, Step::New);
    series.add({1, 2}, Step::New);
    series.add({1, 9}, Step::Known);
    EXPECT_EQ(series.count, 2);
    EXPECT_EQ(series.repeated, 1);
    EXPECT_EQ(series.last.value, 9);
    EXPECT_EQ(series.greatest.value, 9);
    series.add({5, 1}, Step::Known); // a step of another key: new for this one
    EXPECT_EQ(series.count, 3);
}

TEST(Series, TakesAnOlderRowThatComesLater) {
    Series series;
    series.add({5, 1}, Step::New);
    series.add({3, 2}, Step::New);
    EXPECT_EQ(series.first.step, 3);
    EXPECT_EQ(series.last.step, 5);
}

} // namespace
} // namespace pedigree::trackers::wandb
