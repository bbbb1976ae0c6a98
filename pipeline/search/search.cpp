#include "pipeline/search/search.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/search/early_stopping.h"
#include "pipeline/search/model/proposer.h"

namespace pedigree::search {
namespace {

constexpr const char* first_word = "First";

// Ends that have nothing to do with the parameters teach nothing about where trials fail.
bool says_something(const std::string& failure) {
    return failure != "Infrastructure" && failure != "Cancelled" && failure != "EarlyStopped";
}

} // namespace

struct Search::State {
    State(Study asked, const std::vector<EarlierStudy>& earlier)
        : study(std::move(asked)), domain(study, earlier), proposer(make_proposer(domain)) {}

    std::int64_t left() const {
        const auto replaced = std::min(trials.failed(), study.max_failed_trials);
        return study.max_trials + replaced - static_cast<std::int64_t>(trials.all().size());
    }
    // Whoever drives the trials need not say that it followed the advice.
    void judge(std::int64_t number) {
        const StopDecision decision = stop_decision(study, trials, number, finished);
        if (decision.stop && decision.reason == to_string(study.early_stopping.name)) {
            observations.all[number - 1].advised_to_stop = true;
        }
    }
    void observe(std::int64_t number) {
        const Trial& trial = *trials.find(number);
        Observation& observation = observations.all[number - 1];
        observation.state = trial.state;
        observation.loss = study.objective.goal == Goal::Maximize ? -trial.value : trial.value;
        observation.failure = trial.failure;
        if (observation.has_loss() && observation.advised_to_stop) {
            observation.state = TrialState::Stopped;
            observation.loss -= typical_gain(study, trials, trial);
        }
        if (trial.state != TrialState::Failed || says_something(trial.failure)) {
            observations.ended.push_back(number);
        }
    }
    std::optional<Proposal> next() {
        const auto trial = static_cast<std::int64_t>(observations.all.size()) + 1;
        if (trial == 1 && !study.first.empty()) {
            return Proposal{
                first_point(domain.encoding, study), std::nullopt, {.proposed_by = first_word}};
        }
        return proposer->propose(observations, trial);
    }

    Study study;
    Domain domain;
    std::unique_ptr<Proposer> proposer;
    Trials trials;
    Observations observations;
    FinishedAverages finished;
};

Search::Search(Study study, const std::vector<EarlierStudy>& earlier)
    : state_(std::make_unique<State>(std::move(study), earlier)) {}
Search::~Search() = default;
Search::Search(Search&&) noexcept = default;
Search& Search::operator=(Search&&) noexcept = default;

const Study& Search::study() const {
    return state_->study;
}
const Trials& Search::trials() const {
    return state_->trials;
}

Status Search::apply(const Event& event) {
    State& state = *state_;
    if (const auto* asked = std::get_if<Asked>(&event)) {
        auto point = state.domain.encoding.encode(asked->parameters);
        if (!point) {
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("the parameters of trial {} are not in the space", asked->trial));
        }
        TRY(state.trials.apply(event));
        state.observations.push({.point = *std::move(point), .repeats = asked->repeats});
        return {};
    }
    TRY(state.trials.apply(event));
    if (const auto* reported = std::get_if<Reported>(&event)) {
        state.judge(reported->trial);
    }
    if (const auto* told = std::get_if<Told>(&event)) {
        state.observe(told->trial);
    }
    return {};
}

std::vector<Suggestion> Search::suggest(std::size_t count) {
    State& state = *state_;
    std::vector<Suggestion> suggestions;
    const auto left = static_cast<std::size_t>(std::max<std::int64_t>(state.left(), 0));
    while (suggestions.size() < std::min(count, left)) {
        auto proposal = state.next();
        if (!proposal) {
            break;
        }
        Suggestion& suggestion = suggestions.emplace_back();
        suggestion.trial = static_cast<std::int64_t>(state.observations.all.size()) + 1;
        suggestion.parameters = state.domain.encoding.decode(proposal->point);
        if (proposal->reason.proposed_by ==
            first_word) { // as the user wrote them, to the last digit
            for (auto& [name, value] : suggestion.parameters) {
                const auto given = state.study.first.find(name);
                value = given == state.study.first.end() ? value : given->second;
            }
        }
        suggestion.repeats = proposal->repeats;
        suggestion.reason = std::move(proposal->reason);
        // The next of this batch sees it as it will see it later: asked for and running.
        state.observations.push(
            {.point = state.domain.canonical(proposal->point), .repeats = proposal->repeats});
    }
    for (std::size_t i = 0; i < suggestions.size(); ++i) {
        state.observations.pop();
    }
    return suggestions;
}

std::optional<Incumbent> Search::best() {
    const auto number = state_->proposer->best(state_->observations);
    if (!number) {
        return std::nullopt;
    }
    const Trial& trial = *state_->trials.find(*number);
    return Incumbent{trial.number, trial.parameters, trial.value};
}

Result<Forecast> Search::predict(const Parameters& parameters) const {
    return forecast(state_->domain, state_->observations, parameters);
}

std::vector<Importance> Search::importance() const {
    return search::importance(state_->domain, state_->observations);
}

Result<std::vector<Suggestion>> suggest(const Study& study, const History& history,
                                        std::size_t count,
                                        const std::vector<EarlierStudy>& earlier) {
    Search search(study, earlier);
    for (const Event& event : history) {
        TRY(search.apply(event));
    }
    return search.suggest(count);
}

} // namespace pedigree::search
