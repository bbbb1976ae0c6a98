#pragma once
// Filter: which of this pod's tasks, models or projects a `get_all` asks for: by id, project, name,
// status, type, parent, and the visibility words that the SDK always sends. A name is a regular
// expression for ClearML's server; the SDK sends it escaped, with or without "^" and "$", so it is
// compared as a text here, whole or as a part. Another condition could only be answered wrongly.
// Pure.

#include <string>
#include <string_view>
#include <vector>

#include "trackers/clearml/request.h"

namespace pedigree::trackers::clearml {

struct Filter {
    std::vector<std::string> ids, projects, statuses, types, parents; // empty: any
    std::string name;                                                 // as sent

    bool allows_name(std::string_view text) const;
    static bool allows(const std::vector<std::string>& list, std::string_view text);
};

// Forbidden: a condition that only a server can answer.
Result<Filter> read_filter(const Request& request);

} // namespace pedigree::trackers::clearml
