#include "experiment/search/engine.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::experiment {

void Engine::look(Observation& observation) {
    observation.search.reset();
    const auto& row = observation.history.experiment;
    if (!observation.study || !observation.spec || !row || row->outcome != Outcome::None) {
        return;
    }
    SearchFacts& facts = observation.search.emplace();
    const auto engine =
        at(*observation.study, observation.earlier, observation.history.search_events);
    if (!engine) {
        facts.unreadable = engine.error();
        return;
    }
    if (!trials_) {
        trials_ = std::make_shared<const search::Trials>((*engine)->trials());
    }
    facts.trials = trials_;
    if (wants_trial({observation, *row, *observation.spec})) {
        if (!suggestions_) {
            suggestions_ = (*engine)->suggest(1);
        }
        if (!suggestions_->empty()) {
            facts.suggestion = suggestions_->front();
        }
    }
}

Status Engine::derive_best(const Observation& observation, Change& change) {
    std::vector<std::string> lines = observation.history.search_events;
    lines.insert(lines.end(), change.search_events.begin(), change.search_events.end());
    TRY(search::Search * engine, at(*observation.study, observation.earlier, lines));
    if (const auto best = engine->best()) {
        change.experiment->best_trial = best->trial;
        change.experiment->best_value = MetricValue(best->value);
    }
    return {};
}

// Whether what was applied is how these begin. It is not, when a commit that was foreseen failed.
bool Engine::continues(const search::Study& study, const std::vector<std::string>& lines) const {
    return search_ && search_->study().max_trials == study.max_trials &&
           applied_.size() <= lines.size() &&
           std::equal(applied_.begin(), applied_.end(), lines.begin());
}

Status Engine::apply(const std::string& line) {
    TRY(const Json document, parse_json(line));
    TRY(const auto event, search::event_from(document));
    TRY(search_->apply(event));
    applied_.push_back(line);
    trials_.reset();
    suggestions_.reset();
    return {};
}

Result<search::Search*> Engine::at(const search::Study& study,
                                   const std::vector<search::EarlierStudy>& earlier,
                                   const std::vector<std::string>& lines) {
    if (!continues(study, lines)) {
        search_.emplace(study, earlier);
        applied_.clear();
        trials_.reset();
        suggestions_.reset();
    }
    for (std::size_t i = applied_.size(); i < lines.size(); ++i) {
        TRY(apply(lines[i]));
    }
    return &*search_;
}

} // namespace pedigree::experiment
