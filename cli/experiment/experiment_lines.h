#pragma once
// What `pedigree get --watch` prints of Experiments as they change: a row, a name or a document for
// each state that shows something new; an age alone is nothing new. One thread.

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/app/format.h"
#include "cli/experiment/experiment_table.h"
#include "cli/experiment/observe.h"

namespace pedigree::cli {

class ExperimentLines {
  public:
    ExperimentLines(TableShape shape, Format format, bool in_colour)
        : shape_(shape), format_(format), in_colour_(in_colour) {}

    // Empty: nothing new.
    std::string next(const std::vector<Json>& objects, Presence presence, Instant now);

  private:
    bool is_new(const Json& object, Presence presence);

    const TableShape shape_;
    const Format format_;
    const bool in_colour_;
    TableStream stream_;
    std::map<std::string, std::string> shown_; // by uid
};

} // namespace pedigree::cli
