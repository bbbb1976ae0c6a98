// A suggestion is a function of the study and the ordered events: whoever was killed anywhere goes
// on as if nothing had been, and no suggestion leaves its space or comes twice.

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/sample/encoding.h"

namespace pedigree::search {
namespace {

Dimension numeric(std::string name, double minimum, double maximum, double step, Scale scale) {
    Dimension dimension;
    dimension.name = std::move(name);
    dimension.type = step == 1 ? DimensionType::Int : DimensionType::Float;
    dimension.minimum = minimum;
    dimension.maximum = maximum;
    dimension.step = step;
    dimension.scale = scale;
    return dimension;
}

Study conditional_study(AlgorithmName name, std::int64_t seed) {
    Study study;
    Dimension optimizer;
    optimizer.name = "optimizer";
    optimizer.type = DimensionType::Categorical;
    optimizer.values = {std::string("sgd"), std::string("adam"), std::string("rmsprop")};
    study.space.dimensions = {
        optimizer, numeric("momentum", 0, 0.9, 0.3, Scale::Linear),
        numeric("rate", 1e-4, 1, name == AlgorithmName::Grid ? 0.25 : 0, Scale::Log),
        numeric("layers", 1, 4, 1, Scale::Linear)};
    study.space.dimensions[1].when = {{"optimizer", {std::string("sgd")}}};
    study.space.linear = {{{{"layers", 1}, {"momentum", 2}}, -INFINITY, 5}};
    study.space.forbidden = {{{"optimizer", {std::string("adam")}}, {"layers", {std::int64_t{4}}}}};
    study.algorithm = {name, seed};
    study.max_trials = 40;
    study.max_failed_trials = 5;
    return study;
}

double objective(const Parameters& parameters) {
    const double rate = *number_of(parameters.at("rate"));
    const double layers = *number_of(parameters.at("layers"));
    const bool sgd = std::get<std::string>(parameters.at("optimizer")) == "sgd";
    return -std::pow(std::log10(rate) + 2, 2) - std::abs(layers - 2) + (sgd ? 0.5 : 0);
}

std::string text_of(const std::vector<Suggestion>& suggestions) {
    std::string text;
    for (const Suggestion& each : suggestions) {
        text += canonical_json(to_json(each)) + canonical_json(to_json(each.reason)) + "\n";
    }
    return text;
}

// Runs a study in an order that `seed` decides: batches, ends out of order, failures, reports. At
// each ask a Search that begins anew with the history so far has to say the same.
History random_run(const Study& study, std::int64_t seed, int asks_checked_every) {
    Stream order(seed, 0, Purpose::Random);
    History history;
    Search search(study);
    std::vector<std::int64_t> running;
    const auto happen = [&](Event event) {
        ASSERT_TRUE(search.apply(event));
        history.push_back(std::move(event));
    };
    for (int step = 0; step < 1000; ++step) {
        if (running.size() < 4 && order.uniform() < 0.5) {
            const std::size_t count = 1 + order.below(3);
            const auto suggestions = search.suggest(count);
            if (step % asks_checked_every == 0) {
                EXPECT_EQ(text_of(*suggest(study, history, count)), text_of(suggestions));
            }
            if (suggestions.empty() && running.empty()) {
                return history;
            }
            for (const Suggestion& each : suggestions) {
                running.push_back(each.trial);
                happen(asked_from(each));
            }
        } else if (!running.empty()) {
            const std::size_t at = order.below(running.size());
            const std::int64_t trial = running[at];
            if (order.uniform() < 0.3) {
                happen(Reported{trial, step, order.uniform()});
                continue;
            }
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
            const double value = objective(search.trials().find(trial)->parameters);
            happen(order.uniform() < 0.15 ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                                          : Told{trial, Outcome::Completed, value, ""});
        }
    }
    return history;
}

class Replay : public testing::TestWithParam<AlgorithmName> {};

TEST_P(Replay, AnyOrderAndAnyKillGiveTheSameSuggestions) {
    for (const std::int64_t seed : {1, 2, 3}) {
        const Study study = conditional_study(GetParam(), seed);
        const History history = random_run(study, seed, 2);
        const Encoding encoding(study.space);
        std::set<Point> seen;
        std::int64_t asked = 0;
        std::int64_t failed = 0;
        for (const Event& event : history) {
            if (const auto* each = std::get_if<Asked>(&event)) {
                const auto point = encoding.encode(each->parameters);
                ASSERT_TRUE(point);
                EXPECT_TRUE(encoding.is_allowed(*point));
                EXPECT_TRUE(seen.insert(*point).second || each->repeats);
                ++asked;
            } else if (const auto* told = std::get_if<Told>(&event)) {
                failed += told->outcome == Outcome::Failed ? 1 : 0;
            }
        }
        EXPECT_EQ(asked, 40 + std::min<std::int64_t>(failed, 5));
    }
}

TEST_P(Replay, AnotherSeedGivesOtherTrials) {
    if (GetParam() != AlgorithmName::Grid) {
        EXPECT_NE(text_of(*suggest(conditional_study(GetParam(), 1), {}, 3)),
                  text_of(*suggest(conditional_study(GetParam(), 2), {}, 3)));
    }
}

TEST_P(Replay, ASmallSpaceIsExhaustedAndThenEmpty) {
    Study study = conditional_study(GetParam(), 1);
    study.space.dimensions.erase(study.space.dimensions.begin() + 2); // rate
    // 3 categories of 4 layers; sgd with 4 momenta; without adam's 4 layers and sums above 5.
    EXPECT_EQ(suggest(study, {}, 40)->size(), 4 * 4 - 2 + 3 + 4);
}

TEST_P(Replay, EqualValuesAndFailuresAloneAreNoProblem) {
    for (const bool fails : {true, false}) {
        const Study study = conditional_study(GetParam(), 5);
        Search search(study);
        for (std::int64_t trial = 1; trial <= 40; ++trial) {
            const auto suggestions = search.suggest(1);
            ASSERT_EQ(suggestions.size(), 1);
            ASSERT_TRUE(search.apply(asked_from(suggestions[0])));
            ASSERT_TRUE(search.apply(fails ? Told{trial, Outcome::Failed, 0, "UserCode"}
                                           : Told{trial, Outcome::Completed, 0.5, ""}));
        }
        EXPECT_EQ(search.best().has_value(), !fails);
    }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Replay,
                         testing::Values(AlgorithmName::Grid, AlgorithmName::Random,
                                         AlgorithmName::Sobol, AlgorithmName::Tpe,
                                         AlgorithmName::Bayesian),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

TEST(Search, TheUsersValuesAreTheFirstTrial) {
    Study study = conditional_study(AlgorithmName::Bayesian, 1);
    study.first = {{"rate", 0.01}, {"optimizer", std::string("adam")}};
    const auto suggestions = *suggest(study, {}, 2);
    EXPECT_EQ(suggestions[0].reason.proposed_by, "First");
    EXPECT_NEAR(*number_of(suggestions[0].parameters.at("rate")), 0.01, 1e-12);
    EXPECT_EQ(std::get<std::string>(suggestions[0].parameters.at("optimizer")), "adam");
    EXPECT_NE(suggestions[1].reason.proposed_by, "First");
}

TEST(Search, TenThousandEqualValuesAreNoProblem) {
    Study study = conditional_study(AlgorithmName::Bayesian, 1);
    study.max_trials = 20'000;
    study.space.linear.clear();
    const Encoding encoding(study.space);
    Stream stream(1, 1, Purpose::Random);
    Search search(study);
    for (std::int64_t trial = 1; trial <= 10'000;) {
        const Point point = encoding.draw(stream);
        if (encoding.is_allowed(point)) {
            ASSERT_TRUE(search.apply(Asked{trial, encoding.decode(point), {}}));
            ASSERT_TRUE(search.apply(Told{trial, Outcome::Completed, 0.5, ""}));
            ++trial;
        }
    }
    EXPECT_EQ(search.suggest(1).size(), 1);
    EXPECT_EQ(search.best()->value, 0.5);
}

TEST(Search, RefusesWhatCannotHaveHappened) {
    Search search(conditional_study(AlgorithmName::Random, 1));
    const auto first = asked_from(search.suggest(1)[0]);
    EXPECT_FALSE(search.apply(Told{1, Outcome::Completed, 1, ""}));
    ASSERT_TRUE(search.apply(first));
    EXPECT_FALSE(search.apply(first)); // the next one is 2
    Asked outside = first;
    outside.trial = 2;
    outside.parameters["rate"] = 7.0;
    EXPECT_FALSE(search.apply(outside));
    ASSERT_TRUE(search.apply(Told{1, Outcome::Completed, NAN, ""}));
    EXPECT_EQ(search.trials().find(1)->failure, "NotFinite");
    EXPECT_FALSE(search.apply(Told{1, Outcome::Completed, 1, ""}));
    EXPECT_FALSE(search.apply(Reported{1, 1, 1}));
    EXPECT_FALSE(search.best());
}

} // namespace
} // namespace pedigree::search
