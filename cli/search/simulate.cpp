#include "cli/search/simulate.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/search/action.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/model/simulated_objective.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

namespace {

constexpr int functions_count = 8;
constexpr int steps_count = 5;
constexpr std::size_t random_points = 2000;

// One function: parallelTrials at a time, which end in the order in which they began.
std::vector<SimulatedStep> play(const search::Study& study) {
    const search::SimulatedObjective objective(study.space, study.algorithm.seed);
    const double sign = study.objective.goal == search::Goal::Maximize ? 1 : -1;
    const auto typical = objective.sample(random_points);
    const std::int64_t trials = study.max_trials;
    const auto parallel = static_cast<std::size_t>(study.parallel_trials);
    search::Search search(study);
    std::vector<SimulatedStep> steps;
    for (std::int64_t ended = 0; ended < trials;) {
        const auto suggestions = search.suggest(parallel);
        for (const search::Suggestion& each : suggestions) {
            (void)search.apply(search::asked_from(each));
        }
        for (const search::Suggestion& each : suggestions) {
            (void)search.apply(search::Told{each.trial, search::Outcome::Completed,
                                            objective.value(each.parameters), ""});
            ++ended;
            if (ended * steps_count % trials < steps_count) {
                const double value = objective.value(search.best()->parameters);
                const auto better =
                    std::count_if(typical.begin(), typical.end(),
                                  [&](double other) { return sign * other > sign * value; });
                steps.push_back(
                    {ended, static_cast<double>(better) / static_cast<double>(typical.size())});
            }
        }
        if (suggestions.empty()) { // the space is exhausted
            break;
        }
    }
    return steps;
}

} // namespace

std::vector<SimulatedStep> simulate(const search::Study& study, int functions) {
    std::vector<SimulatedStep> mean;
    for (int i = 0; i < functions; ++i) {
        search::Study one = study;
        one.max_trials = std::min(one.max_trials, simulated_trials_max);
        one.algorithm.seed += i;
        const auto steps = play(one);
        mean.resize(steps.size());
        for (std::size_t k = 0; k < steps.size(); ++k) {
            mean[k].trials = steps[k].trials;
            mean[k].better_share += steps[k].better_share / functions;
        }
    }
    return mean;
}

Table simulation_table(const search::Study& study) {
    search::Study chance = study;
    chance.algorithm.name = search::AlgorithmName::Random;
    const auto ours = simulate(study, functions_count);
    const auto random = simulate(chance, functions_count);
    Table table{{"TRIALS", std::string(to_string(study.algorithm.name)), "Random"}, {}};
    for (std::size_t i = 0; i < std::min(ours.size(), random.size()); ++i) {
        table.rows.push_back({{fmt::format("{}", ours[i].trials)},
                              {fmt::format("{:.2f} %", 100 * ours[i].better_share)},
                              {fmt::format("{:.2f} %", 100 * random[i].better_share)}});
    }
    return table;
}

namespace {

Result<ExitCode> simulate_study(const SearchOptions&, const search::Study& study,
                                Terminal& terminal) {
    if (study.max_trials > simulated_trials_max) {
        terminal.err << fmt::format("note: simulated as if maxTrials were {} instead of {}\n",
                                    simulated_trials_max, study.max_trials);
    }
    terminal.out << render(simulation_table(study), terminal);
    return ExitCode::Ok;
}

} // namespace

SearchAction simulate_action() {
    return {"simulate", "try it on random functions", false, any_line, simulate_study};
}

} // namespace pedigree::cli
