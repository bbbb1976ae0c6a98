#pragma once
// Search: which parameters the next trials get. A suggestion is a pure function of the study (with
// its seed), the earlier searches, the ordered events and engine_version: whoever replays the same
// events gets the same suggestions, wherever the process before was killed. A Search object only
// remembers what it has worked out from the events so far; suggest() on a new one with the same
// events says the same.
//
//     Search search(study);
//     for (const Suggestion& suggestion : search.suggest(2)) {
//         // store Asked{suggestion.trial, suggestion.parameters, suggestion.repeats}, then
//         search.apply(asked);
//     }
//
// One thread at a time.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/search/earlier.h"
#include "pipeline/search/event.h"
#include "pipeline/search/model/forecast.h"
#include "pipeline/search/model/importance.h"
#include "pipeline/search/study.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

// Changes whenever the same events may lead to other suggestions.
constexpr int engine_version = 5;

// Why a trial was proposed, for its record.
struct Reason {
    // First (the user's values), Grid, Random, Sobol, Repeat, or the acquisition's name:
    // LogExpectedImprovement, DensityRatio.
    std::string proposed_by;
    std::map<std::string, double> numbers; // acquisition, predicted mean and deviation ...
    std::map<std::string, double> model;   // the model's fitted parameters, by name
    std::vector<std::int64_t> parents;     // trials that it was derived from
};

struct Suggestion {
    std::int64_t trial = 0;
    Parameters parameters;
    std::optional<std::int64_t> repeats;
    Reason reason;
};

// The trial to believe in: under noise, of those observed, the one that the model expects most of.
struct Incumbent {
    std::int64_t trial = 0;
    Parameters parameters;
    double value = 0; // as observed
};

class Search {
  public:
    explicit Search(Study study, const std::vector<EarlierStudy>& earlier = {});
    ~Search();
    Search(Search&&) noexcept;
    Search& operator=(Search&&) noexcept;

    // InvalidInput or Conflict for an event that cannot follow those before; nothing changes then.
    Status apply(const Event& event);
    // At most `count`: fewer when the study's trials are used up or its space is exhausted.
    std::vector<Suggestion> suggest(std::size_t count);
    // Nothing before the first value.
    std::optional<Incumbent> best();
    // What is known of a trial with these parameters (model/forecast.h has the errors).
    Result<Forecast> predict(const Parameters& parameters) const;
    // How much each parameter matters (model/importance.h).
    std::vector<Importance> importance() const;

    const Study& study() const;
    const Trials& trials() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Result<std::vector<Suggestion>> suggest(const Study& study, const History& history,
                                        std::size_t count,
                                        const std::vector<EarlierStudy>& earlier = {});

} // namespace pedigree::search
