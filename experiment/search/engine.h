#pragma once
// Engine: the search's engine (pipeline/search) as one Experiment's recorded events leave it, for
// whoever gathers what decisions rest on and whoever writes down what they come to. It remembers
// what it has replayed and worked out, since a long search is looked at again and again: only what
// came behind that is applied. Nothing but time depends on it, so it may be dropped whenever it is
// convenient. One thread at a time.
//
//     engine.look(observation);                  // fills observation.search
//     Decision decision = decide(observation);
// engine.derive_best(observation, change);   // before the change is written, if it asks for that

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/observation.h"
#include "pipeline/search/search.h"

namespace pedigree::experiment {

class Engine {
  public:
    // What the engine says of the history's events. Events that are not this study's make it
    // unreadable. Without a study or an accepted Experiment it says nothing.
    void look(Observation& observation);

    // The best trial once the change's events have happened, into the change's Experiment. Corrupt,
    // InvalidInput, Conflict: they cannot follow those before.
    Status derive_best(const Observation& observation, Change& change);

    // The engine after these lines of pipeline/search/document/event_json.h; it lives until the
    // next call. Ask for one Experiment alone, whose study changes in maxTrials only. Corrupt,
    // InvalidInput, Conflict: they are not this study's events.
    Result<search::Search*> at(const search::Study& study,
                               const std::vector<search::EarlierStudy>& earlier,
                               const std::vector<std::string>& lines);

  private:
    bool continues(const search::Study& study, const std::vector<std::string>& lines) const;
    Status apply(const std::string& line);

    std::optional<search::Search> search_;
    std::vector<std::string> applied_;
    // Of applied_, once they were asked for.
    std::shared_ptr<const search::Trials> trials_;
    std::optional<std::vector<search::Suggestion>> suggestions_;
};

} // namespace pedigree::experiment
