#pragma once
// Replay: the engine of one search as its recorded events leave it. It remembers what it has
// replayed, since a long search is looked at again and again: only what came behind that is
// applied. Nothing but time depends on it, so it may be dropped whenever it is convenient. One
// thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/search/search.h"

namespace pedigree::experiment {

class Replay {
  public:
    // The engine after these lines of pipeline/search/document/event_json.h, and then `next`; it
    // lives until the next call. Ask for one Experiment alone, whose study changes in maxTrials
    // only. Corrupt, InvalidInput, Conflict: they are not this study's events.
    Result<search::Search*> at(const search::Study& study,
                               const std::vector<search::EarlierStudy>& earlier,
                               const std::vector<std::string>& lines,
                               const std::optional<std::string>& next = std::nullopt);

  private:
    bool continues(const search::Study& study, const std::vector<std::string>& lines,
                   const std::optional<std::string>& next) const;
    Status apply(const std::string& line);

    std::optional<search::Search> search_;
    std::vector<std::string> applied_;
};

} // namespace pedigree::experiment
