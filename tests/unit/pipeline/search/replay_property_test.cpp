// A process that is killed anywhere and begins anew from the events goes on as the one that was
// not: for any order in which trials are asked for, report, end and fail.

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <rapidcheck/gtest.h>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/search.h"

namespace pedigree::search {
namespace {

enum class Happening { Asks, Reports, Ends, Fails };

struct Step {
    Happening what{};
    std::size_t which = 0; // of the running trials
    double value = 0;
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
    return out << static_cast<int>(step.what) << " of " << step.which << ": " << step.value;
}

rc::Gen<Step> any_step() {
    return rc::gen::construct<Step>(
        rc::gen::element(Happening::Asks, Happening::Asks, Happening::Reports, Happening::Ends,
                         Happening::Ends, Happening::Fails),
        rc::gen::inRange<std::size_t>(0, 8),
        rc::gen::map(rc::gen::inRange(-100, 100), [](int number) { return number / 10.0; }));
}

// Not Bayesian: a hundred cases of it take minutes (replay_test.cpp has three).
Study any_study() {
    Study study;
    Dimension rate;
    rate.name = "rate";
    rate.minimum = 1e-4;
    rate.maximum = 1;
    rate.scale = Scale::Log;
    Dimension optimizer;
    optimizer.name = "optimizer";
    optimizer.type = DimensionType::Categorical;
    optimizer.values = {std::string("sgd"), std::string("adam")};
    study.space.dimensions = {rate, optimizer};
    study.algorithm = {
        *rc::gen::element(AlgorithmName::Random, AlgorithmName::Sobol, AlgorithmName::Tpe),
        *rc::gen::inRange<std::int64_t>(0, 1000)};
    study.max_trials = 30;
    study.max_failed_trials = 5;
    return study;
}

std::string said_by(Search& search) {
    Json all = Json::array();
    for (const Suggestion& suggestion : search.suggest(2)) {
        all.push_back({to_json(suggestion), to_json(suggestion.reason)});
    }
    const auto best = search.best();
    all.push_back(best ? to_json(*best) : Json());
    return canonical_json(all);
}

// A search with the trials that run in it, and the events that made both.
struct Run {
    explicit Run(const Study& study) : search(study) {}

    void happen(Event event) {
        RC_ASSERT(search.apply(event).has_value());
        history.push_back(std::move(event));
    }
    void take(const Step& step) {
        if (step.what == Happening::Asks || running.empty()) {
            for (const Suggestion& suggestion : search.suggest(1)) {
                running.push_back(suggestion.trial);
                happen(asked_from(suggestion));
            }
            return;
        }
        const auto at = running.begin() + static_cast<std::ptrdiff_t>(step.which % running.size());
        const std::int64_t trial = *at;
        if (step.what == Happening::Reports) {
            return happen(Reported{trial, static_cast<std::int64_t>(history.size()), step.value});
        }
        running.erase(at);
        happen(step.what == Happening::Fails ? Told{trial, Outcome::Failed, 0, "OutOfMemory"}
                                             : Told{trial, Outcome::Completed, step.value, ""});
    }

    Search search;
    std::vector<std::int64_t> running;
    History history;
};

// Events as they stand in rows.
Search replayed(const Study& study, const History& history) {
    Search search(study);
    for (const Event& event : history) {
        const auto read = event_from(parse_json(canonical_json(to_json(event))).value());
        RC_ASSERT(read.has_value());
        RC_ASSERT(search.apply(*read).has_value());
    }
    return search;
}

RC_GTEST_PROP(ReplayProperty, WhoBeginsAnewGoesOnAsIfNothingHadBeen, ()) {
    const Study study = any_study();
    Run run(study);
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step())) {
        run.take(step);
        if (*rc::gen::inRange(0, 4) == 0) { // killed here
            run.search = replayed(study, run.history);
        }
    }
    Search whole = replayed(study, run.history);
    RC_ASSERT(said_by(run.search) == said_by(whole));
}

// Asking is no event: it changes nothing.
RC_GTEST_PROP(ReplayProperty, AskingTwiceSaysTheSame, ()) {
    Run run(any_study());
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step())) {
        run.take(step);
    }
    const std::string said = said_by(run.search);
    RC_ASSERT(said_by(run.search) == said);
}

} // namespace
} // namespace pedigree::search
