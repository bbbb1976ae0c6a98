#include "pipeline/search/early_stopping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace pedigree::search {
namespace {

struct Curves {
    Study study;
    Trials trials;

    explicit Curves(EarlyStopping rule) { study.early_stopping = std::move(rule); }

    // A new trial that reports these values at steps 1, 2 ...; whether the last one stops it.
    StopDecision report(const std::vector<double>& values, bool ends = true) {
        const auto number = static_cast<std::int64_t>(trials.all().size()) + 1;
        EXPECT_TRUE(trials.apply(Asked{number, {}, {}}));
        StopDecision decision;
        for (std::size_t i = 0; i < values.size(); ++i) {
            EXPECT_TRUE(
                trials.apply(Reported{number, static_cast<std::int64_t>(i) + 1, values[i]}));
            decision = stop_decision(study, trials, number);
        }
        if (ends) {
            EXPECT_TRUE(trials.apply(Told{number, Outcome::Completed, values.back(), ""}));
        }
        return decision;
    }
};

TEST(EarlyStopping, NotANumberAlwaysStops) {
    Curves curves{{}};
    EXPECT_FALSE(curves.report({0.1, 0.2}).stop);
    EXPECT_EQ(curves.report({0.1, NAN}, false).reason, "NotFinite");
    EXPECT_EQ(curves.report({INFINITY}, false).reason, "NotFinite");
}

TEST(EarlyStopping, ThresholdIsAWorstValue) {
    Curves curves{{.threshold = 0.5}};
    EXPECT_FALSE(curves.report({0.5, 0.9}).stop);
    EXPECT_EQ(curves.report({0.4}).reason, "Threshold");
    curves.study.objective.goal = Goal::Minimize;
    EXPECT_FALSE(curves.report({0.4}).stop);
    EXPECT_EQ(curves.report({0.6}).reason, "Threshold");
}

TEST(EarlyStopping, PatienceCountsReportsWithoutABetterOne) {
    Curves curves{{.patience = 2, .minimum_change = 0.1}};
    EXPECT_FALSE(curves.report({0.1, 0.3, 0.35, 0.41}).stop); // 0.41 is better than 0.3 by enough
    EXPECT_EQ(curves.report({0.1, 0.3, 0.35, 0.39}).reason, "Patience");
}

TEST(EarlyStopping, MedianComparesWithTheAveragesOfTheOthers) {
    Curves curves{{.name = StoppingName::Median, .minimum_trials = 3, .minimum_steps = 2}};
    EXPECT_FALSE(curves.report({0.2, 0.4}).stop);
    EXPECT_FALSE(curves.report({0.4, 0.6}).stop);
    EXPECT_FALSE(curves.report({0.0, 0.0}).stop); // only two have ended
    EXPECT_FALSE(curves.report({0.1}, false).stop);
    EXPECT_EQ(curves.report({0.1, 0.29}, false).reason, "Median"); // averages 0.3, 0.5, 0
    EXPECT_FALSE(curves.report({0.1, 0.31}, false).stop);
}

TEST(EarlyStopping, AshaLetsTheBestThirdPassARung) {
    Curves curves{{.name = StoppingName::Asha, .minimum_steps = 2, .reduction = 3}};
    EXPECT_FALSE(curves.report({0, 0.5}).stop);
    EXPECT_FALSE(curves.report({0, 0.6}).stop);
    EXPECT_EQ(curves.report({0, 0.4}, false).reason, "Asha");
    EXPECT_FALSE(curves.report({0, 0.7}, false).stop);
    // Between rungs (2 and 6) nothing is judged.
    EXPECT_FALSE(curves.report({0, 0.8, 0.1, 0.1}, false).stop);
}

TEST(EarlyStopping, StrictHyperbandJudgesBetweenItsBandsToo) {
    const EarlyStopping rule{.name = StoppingName::Hyperband,
                             .maximum_steps = 27,
                             .bands = 2,
                             .reduction = 3,
                             .strict = true}; // bands at 3 and 9
    for (const bool strict : {true, false}) {
        Curves curves{rule};
        curves.study.early_stopping.strict = strict;
        EXPECT_FALSE(curves.report({0, 0, 0.5}, false).stop);
        EXPECT_FALSE(curves.report({0, 0, 0.6}, false).stop);
        EXPECT_FALSE(curves.report({0, 0, 0.7}, false).stop);
        EXPECT_TRUE(curves.trials.apply(Reported{1, 4, 0.5}));
        EXPECT_EQ(stop_decision(curves.study, curves.trials, 1).stop, strict);
    }
}

TEST(EarlyStopping, FinishedTrialsSayWhatAStoppedOneWouldStillHaveGained) {
    Curves curves{{}};
    curves.report({0.1, 0.2, 0.5}); // 0.3 after step 2
    curves.report({0.1, 0.4, 0.5}); // 0.1
    curves.report({0.3, 0.3, 0.5}); // 0.2
    curves.report({0.9});           // came no further
    curves.report({0.0, 0.1}, false);
    EXPECT_NEAR(typical_gain(curves.study, curves.trials, curves.trials.all()[4]), 0.2, 1e-12);
    EXPECT_EQ(typical_gain(curves.study, curves.trials, curves.trials.all()[0]), 0);
}

// By the rule's words: the averages of all finite reports up to the step, sorted.
std::vector<double> averages_in_words(const Trials& trials, std::int64_t step) {
    std::vector<double> averages;
    for (const Trial& trial : trials.all()) {
        double sum = 0;
        double count = 0;
        for (const Report& report : trial.reports) {
            if (report.step <= step && std::isfinite(report.value)) {
                sum += report.value;
                ++count;
            }
        }
        if (trial.state == TrialState::Completed && count > 0) {
            averages.push_back(sum / count);
        }
    }
    std::sort(averages.begin(), averages.end());
    return averages;
}

// Steps in any order and twice, values that are not finite, ends of every kind.
TEST(EarlyStopping, RememberedAveragesAreThoseOfTheReports) {
    const Objective objective{"loss", Goal::Minimize};
    Trials trials;
    FinishedAverages finished;
    std::mt19937 random(7);
    std::vector<std::int64_t> running;
    for (int i = 0; i < 3000; ++i) {
        if (running.size() < 4) {
            running.push_back(static_cast<std::int64_t>(trials.all().size()) + 1);
            ASSERT_TRUE(trials.apply(Asked{running.back(), {}, {}}));
        }
        const std::size_t at = random() % running.size();
        const double value = random() % 50 == 0 ? NAN : static_cast<double>(random() % 64);
        const auto step = static_cast<std::int64_t>(random() % 30) - 5;
        ASSERT_TRUE(trials.apply(Reported{running[at], step, value}));
        const auto asked = static_cast<std::int64_t>(random() % 40) - 8;
        ASSERT_EQ(finished.at(objective, trials, asked), averages_in_words(trials, asked));
        if (random() % 15 == 0) {
            const auto outcome = std::array{Outcome::Completed, Outcome::Completed,
                                            Outcome::Stopped, Outcome::Failed}[random() % 4];
            ASSERT_TRUE(trials.apply(Told{running[at], outcome, 1, ""}));
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
}

TEST(EarlyStopping, MoreStepsThanAreRememberedChangeNothing) {
    const Objective objective{"loss", Goal::Minimize};
    Trials trials;
    ASSERT_TRUE(trials.apply(Asked{1, {}, {}}));
    for (std::int64_t step = 0; step < 2500; ++step) {
        ASSERT_TRUE(trials.apply(Reported{1, step, static_cast<double>(step)}));
    }
    ASSERT_TRUE(trials.apply(Told{1, Outcome::Completed, 0, ""}));
    FinishedAverages finished;
    for (int time = 0; time < 2; ++time) {
        for (std::int64_t step = 0; step < 2500; ++step) {
            ASSERT_EQ(finished.at(objective, trials, step),
                      std::vector{static_cast<double>(step) / 2});
        }
    }
}

} // namespace
} // namespace pedigree::search
