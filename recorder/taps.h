#pragma once
// What a script's call to MLflow says about its run: metrics per key (count, last, least, greatest,
// last step), each value of a search's objective, parameters, status and name, as a note for the
// notebook. The body is a stranger's: what does not fit is left out, never an error. Pure.

#include <optional>
#include <string>

#include "base/json.h"

namespace pedigree::recorder {

// Nothing: the call tells nothing that is kept. `objective_metric`: "" without a search.
std::optional<Json> tap(const std::string& call, const Json& body,
                        const std::string& objective_metric = "");

// Whether the call writes or removes a tag that only pedigree may write.
bool touches_own_tags(const Json& body);

// Adds pedigree's tags to the body of runs/create: ours win over the caller's for "pedigree.*"; any
// other tag, the parent run among them, only where the caller set none.
void add_tags(Json& create_body, const std::map<std::string, std::string>& tags);

} // namespace pedigree::recorder
