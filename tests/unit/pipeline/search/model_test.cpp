// The numerical parts of the Bayesian search.

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "pipeline/search/model/acquisition.h"
#include "pipeline/search/model/gaussian_process.h"
#include "pipeline/search/model/lbfgs.h"
#include "pipeline/search/model/outcome_transform.h"
#include "pipeline/search/model/surrogate.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

Json reference_values(const std::string& name) {
    return parse_json(*read_file(case_path("search/" + name))).value();
}

// Two numbers and a category of three.
Space mixed_space() {
    Space space;
    space.dimensions.resize(3);
    space.dimensions[0].name = "x";
    space.dimensions[1].name = "y";
    space.dimensions[2].name = "c";
    space.dimensions[2].type = DimensionType::Categorical;
    space.dimensions[2].values = {std::string("a"), std::string("b"), std::string("c")};
    return space;
}

TEST(Lbfgs, FindsTheBottomOfRosenbrocksValley) {
    const auto rosenbrock = [](const std::vector<double>& at, std::vector<double>& gradient) {
        const double a = 1 - at[0];
        const double b = at[1] - at[0] * at[0];
        gradient = {-2 * a - 400 * at[0] * b, 200 * b};
        return a * a + 100 * b * b;
    };
    const Minimum minimum = minimise(rosenbrock, {-1.2, 1}, 200);
    EXPECT_NEAR(minimum.at[0], 1, 1e-2);
    EXPECT_NEAR(minimum.at[1], 1, 1e-2);
    EXPECT_LT(minimise(rosenbrock, {-1.2, 1}, 5).value, 5);
}

TEST(Acquisition, IsTheLogarithmThatScipyGives) {
    const Json reference = reference_values("scipy_values.json");
    for (const Json& row : reference["log_expected_improvement"]) {
        EXPECT_NEAR(log_expected_improvement(row[0], row[1], row[2]), row[3].get<double>(),
                    1e-8 * (1 + std::abs(row[3].get<double>())))
            << row.dump();
    }
}

TEST(GaussianProcess, PredictsWhatScikitLearnPredicts) {
    const Json values = reference_values("sklearn_values.json");
    const Space space = mixed_space();
    const Encoding encoding(space);
    const Features features(encoding);
    const auto points = values["points"].get<std::vector<Point>>();
    const auto others = values["others"].get<std::vector<Point>>();
    KernelParameters kernel;
    kernel.length_scales = values["lengthScales"].get<std::vector<double>>();
    kernel.signal = values["signal"];
    kernel.noise = values["noise"];
    const GaussianProcess process(features, kernel, features.rows(points),
                                  values["targets"].get<std::vector<double>>());
    const auto predictions = process.predict(features.rows(others));
    for (std::size_t i = 0; i < others.size(); ++i) {
        EXPECT_NEAR(predictions[i].mean, values["means"][i].get<double>(), 1e-6);
        EXPECT_NEAR(predictions[i].deviation, values["deviations"][i].get<double>(), 1e-6);
    }
}

// The gradient is right, if its search ends where no neighbour is better; seen by the prediction
// of a function that depends on one number alone.
TEST(GaussianProcess, LearnsWhichDimensionMatters) {
    const Space space = mixed_space();
    const Encoding encoding(space);
    const Features features(encoding);
    Stream stream(1, 1, Purpose::Random);
    std::vector<Row> rows;
    std::vector<double> losses;
    for (int i = 0; i < 40; ++i) {
        const Point point = encoding.draw(stream);
        rows.push_back(features.row(point));
        losses.push_back(std::sin(6 * point[0]));
    }
    const KernelParameters kernel =
        fit_kernel(features, rows, losses, default_kernel(features.scales()), 50);
    EXPECT_LT(kernel.length_scales[0], 1);
    EXPECT_GT(kernel.length_scales[1], 2 * kernel.length_scales[0]);
    EXPECT_GT(kernel.length_scales[2], 2 * kernel.length_scales[0]);
    EXPECT_LT(kernel.noise, 0.02);
}

TEST(GaussianProcess, ARunningTrialLowersTheUncertaintyAndNothingElse) {
    const Space space = mixed_space();
    const Encoding encoding(space);
    const Features features(encoding);
    Stream stream(1, 1, Purpose::Random);
    std::vector<Row> rows;
    for (int i = 0; i < 12; ++i) {
        rows.push_back(features.row(encoding.draw(stream)));
    }
    const std::vector<double> targets{-1, 1, 0.5, -0.5, 0.2, 0.3, -1.5, 1.2, 0, 0.1};
    const KernelParameters kernel = default_kernel(features.scales());
    const GaussianProcess with(features, kernel, rows, targets);
    const std::vector<Row> known(rows.begin(), rows.begin() + 10);
    const GaussianProcess without(features, kernel, known, targets);
    const auto seen = with.predict({rows[11]})[0];
    const auto unseen = without.predict({rows[11]})[0];
    EXPECT_NEAR(seen.mean, unseen.mean, 1e-9);
    EXPECT_LT(seen.deviation, 0.6 * unseen.deviation);
}

// Against what models without each trial say of it.
TEST(GaussianProcess, KnowsHowWellTheOthersForetellEachTrial) {
    const Space space = mixed_space();
    const Encoding encoding(space);
    const Features features(encoding);
    Stream stream(1, 1, Purpose::Random);
    const std::vector<double> targets{-1.5, 1, 0.5, -0.9, 0.9};
    std::vector<Row> rows;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        rows.push_back(features.row(encoding.draw(stream)));
    }
    const KernelParameters kernel = default_kernel(features.scales());
    double squares = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        auto other_rows = rows;
        auto other_targets = targets;
        other_rows.erase(other_rows.begin() + static_cast<std::ptrdiff_t>(i));
        other_targets.erase(other_targets.begin() + static_cast<std::ptrdiff_t>(i));
        const GaussianProcess without(features, kernel, other_rows, other_targets);
        squares += std::pow(targets[i] - without.means({rows[i]})[0], 2);
    }
    rows.push_back(features.row(encoding.draw(stream))); // a trial that still runs says nothing
    const double left_by_mean = 5 * std::pow(5.0 / 4, 2);
    EXPECT_NEAR(GaussianProcess(features, kernel, rows, targets).left_out_share(),
                1 - squares / left_by_mean, 1e-4);
}

TEST(ModelTargets, KeepTheOrderAndTameTheWorst) {
    const auto targets = model_targets({1, 2, 3, 4, 5, 6, 7, 1e9});
    for (std::size_t i = 1; i < targets.size(); ++i) {
        EXPECT_LT(targets[i - 1], targets[i]);
    }
    EXPECT_LT(targets.back(), 3);
    EXPECT_LT(targets.front(), -0.5); // the others are still told apart
}

TEST(ModelTargets, AreFiniteWhateverTheLosses) {
    for (const double size : {0.0, 1e-300, 1e-12, 1e12, 1e308}) {
        for (const double target : model_targets({size, -size, size, size, 0})) {
            EXPECT_TRUE(std::isfinite(target)) << size;
        }
    }
    EXPECT_EQ(model_targets({5, 5, 5}), (std::vector<double>{0, 0, 0}));
    EXPECT_EQ(model_targets({5}), (std::vector<double>{0}));
}

TEST(FittedCount, GrowsWithEachTrialAtFirstAndByATwentiethLater) {
    EXPECT_EQ(fitted_count(1), 1);
    EXPECT_EQ(fitted_count(39), 39);
    EXPECT_EQ(fitted_count(41), 40);
    EXPECT_EQ(fitted_count(42), 42);
    for (std::size_t count = 1; count < 2000; ++count) {
        EXPECT_LE(fitted_count(count), count);
        EXPECT_GT(fitted_count(count) * 21 / 20 + 1, count);
        EXPECT_LE(fitted_count(count), fitted_count(count + 1));
    }
}

TEST(StartCount, IsAnewUpToFortyAndThenTheLastDoubling) {
    EXPECT_EQ(start_count(5), 0);
    EXPECT_EQ(start_count(40), 0);
    EXPECT_EQ(start_count(42), 40);
    EXPECT_EQ(start_count(80), 40);
    EXPECT_EQ(start_count(84), 80);
    EXPECT_EQ(start_count(1000), 640);
}

TEST(KernelMemory, GivesTheSameWhetherItWasAskedBeforeOrNot) {
    const auto fit = [](std::size_t count, const KernelParameters* start) {
        KernelParameters kernel;
        kernel.signal = static_cast<double>(count) + (start == nullptr ? 0 : start->signal / 1000);
        return kernel;
    };
    KernelMemory growing;
    for (std::size_t count = 1; count < 400; ++count) {
        KernelMemory anew;
        EXPECT_EQ(growing.at(count, fit).signal, anew.at(count, fit).signal);
    }
}

} // namespace
} // namespace pedigree::search
