#include "cli/runs/choice.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/app/syntax.h"

namespace pedigree::cli {

namespace {

bool is_wanted(const TrackerRun& run, const RunChoice& choice) {
    return (choice.tracker.empty() || is_tracker(run.tracker, choice.tracker)) &&
           (!choice.where || fits(run, *choice.where));
}

bool stands_before(const TrackerRun& left, const TrackerRun& right, const RunChoice& choice) {
    const auto left_value = value_of(left, *choice.sort);
    const auto right_value = value_of(right, *choice.sort);
    // What has no place among numbers, NaN, stands behind them in both orders, too.
    const auto rank = [&](const std::optional<Scalar>& value) {
        return !value ? 2 : (choice.sort->is_number() && !value->number ? 1 : 0);
    };
    if (rank(left_value) != rank(right_value) || rank(left_value) > 0) {
        return rank(left_value) < rank(right_value);
    }
    const int order = compared(*left_value, *right_value);
    return choice.descending ? order > 0 : order < 0;
}

} // namespace

std::vector<TrackerRun> chosen_runs(const std::vector<TrackerRun>& runs, const RunChoice& choice) {
    std::vector<TrackerRun> chosen;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(chosen),
                 [&](const TrackerRun& run) { return is_wanted(run, choice); });
    if (choice.sort) {
        std::stable_sort(chosen.begin(), chosen.end(),
                         [&](const TrackerRun& left, const TrackerRun& right) {
                             return stands_before(left, right, choice);
                         });
    }
    if (choice.limit > 0 && chosen.size() > choice.limit) {
        chosen.resize(choice.limit);
    }
    return chosen;
}

std::vector<std::string> unknown_fields(const std::vector<TrackerRun>& runs,
                                        const RunChoice& choice) {
    std::vector<RunField> asked = choice.where ? fields_in(*choice.where) : std::vector<RunField>();
    if (choice.sort) {
        asked.push_back(*choice.sort);
    }
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    std::vector<std::string> logged;
    for (const RunField& field : logged_fields(runs)) {
        logged.push_back(field.text());
    }
    std::vector<std::string> sentences;
    for (const RunField& field : asked) {
        const bool is_known = std::any_of(runs.begin(), runs.end(), [&](const TrackerRun& run) {
            return value_of(run, field).has_value();
        });
        if (!is_known) {
            sentences.push_back(
                fmt::format("no run has {}{}", field.text(), did_you_mean(field.text(), logged)));
        }
    }
    return sentences;
}

} // namespace pedigree::cli
