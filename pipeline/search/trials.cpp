#include "pipeline/search/trials.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace pedigree::search {
namespace {

void count_in(Progress& progress, double value) {
    if (std::isfinite(value)) {
        progress.count += 1;
        progress.sum += value;
        progress.lowest = std::min(progress.lowest, value);
        progress.highest = std::max(progress.highest, value);
    }
}

// Behind those of the same step; what comes late counts in all that follow.
void add_progress(Trial& trial, const Report& report) {
    const auto place =
        std::upper_bound(trial.progress.begin(), trial.progress.end(), report.step,
                         [](std::int64_t step, const Progress& each) { return step < each.step; });
    Progress added = place == trial.progress.begin() ? Progress() : *(place - 1);
    added.step = report.step;
    for (auto later = trial.progress.insert(place, added); later != trial.progress.end(); ++later) {
        count_in(*later, report.value);
    }
}

} // namespace

Words<TrialState> words_of(TrialState) {
    static constexpr Word<TrialState> table[] = {{TrialState::Running, "Running"},
                                                 {TrialState::Completed, "Completed"},
                                                 {TrialState::Stopped, "Stopped"},
                                                 {TrialState::Failed, "Failed"}};
    return table;
}

const Progress* Trial::progress_at(std::int64_t step) const {
    const auto after =
        std::upper_bound(progress.begin(), progress.end(), step,
                         [](std::int64_t at, const Progress& each) { return at < each.step; });
    return after == progress.begin() ? nullptr : &*(after - 1);
}

Status Trials::apply(const Event& event) {
    struct Visitor {
        Trials& trials;
        Status operator()(const Asked& asked) const { return trials.asked(asked); }
        Status operator()(const Reported& reported) const { return trials.reported(reported); }
        Status operator()(const Told& told) const { return trials.told(told); }
    };
    return std::visit(Visitor{*this}, event);
}

const Trial* Trials::find(std::int64_t number) const {
    return number >= 1 && number <= static_cast<std::int64_t>(all_.size()) ? &all_[number - 1]
                                                                           : nullptr;
}

Result<Trial*> Trials::running(std::int64_t number) {
    if (find(number) == nullptr) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("trial {} was never asked for; {} were", number, all_.size()));
    }
    Trial& trial = all_[number - 1];
    if (trial.state != TrialState::Running) {
        return failure(ErrorCode::Conflict, fmt::format("trial {} has already ended: {}", number,
                                                        to_string(trial.state)));
    }
    return &trial;
}

Status Trials::asked(const Asked& event) {
    const auto next = static_cast<std::int64_t>(all_.size()) + 1;
    if (event.trial != next) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("trial {} cannot follow trial {}", event.trial, next - 1));
    }
    if (event.repeats && find(*event.repeats) == nullptr) {
        return failure(ErrorCode::InvalidInput, fmt::format("trial {} repeats the unknown trial {}",
                                                            event.trial, *event.repeats));
    }
    Trial trial;
    trial.number = event.trial;
    trial.parameters = event.parameters;
    trial.repeats = event.repeats;
    all_.push_back(std::move(trial));
    return {};
}

Status Trials::reported(const Reported& event) {
    TRY(Trial * trial, running(event.trial));
    if (event.attempt < trial->attempt) {
        return failure(ErrorCode::InvalidInput, fmt::format("trial {} is in attempt {} already",
                                                            event.trial, trial->attempt));
    }
    if (event.attempt > trial->attempt) {
        trial->attempt = event.attempt;
        trial->reports.clear();
        trial->progress.clear();
    }
    const Report& report = trial->reports.emplace_back(Report{event.step, event.value});
    add_progress(*trial, report);
    return {};
}

Status Trials::told(const Told& event) {
    TRY(Trial * trial, running(event.trial));
    const bool finite = std::isfinite(event.value);
    if (event.outcome == Outcome::Failed || !finite) {
        trial->state = TrialState::Failed;
        trial->failure = event.outcome == Outcome::Failed ? event.failure : "NotFinite";
        ++failed_;
    } else {
        trial->state =
            event.outcome == Outcome::Stopped ? TrialState::Stopped : TrialState::Completed;
        trial->value = event.value;
    }
    ended_.push_back(event.trial);
    return {};
}

} // namespace pedigree::search
