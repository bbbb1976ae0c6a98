#pragma once
// The next execution of a project: its name, and the Experiment made from a document and what the
// command line changes in it. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pedigree::cli {

// "<project>-<n>" with n one above the highest among the names; the first is 1.
std::string next_execution(std::string_view project, const std::vector<std::string>& names);

// Applies "parameters.train.epochs=4", "resources.memory=4Gi", "seed=7": a path below spec and its
// value. Parameters take any JSON scalar and keep dots in their names; other fields take what their
// type wants. InvalidInput for a path that is not below spec or a value of another type.
Status assign(Json& spec, std::string_view assignment);

struct ExecutionChanges {
    std::string project;                  // empty: as in the document
    std::string commit;                   // 40 hex; replaces source.git.ref
    std::vector<std::string> assignments; // applied in order
};

// The document's spec with the changes.
Result<Json> execution_spec(const Json& document, const ExecutionChanges& changes);

struct ExecutionObject {
    std::string name_space;
    std::string name;
    std::string requested_by; // empty: the caller's name is not known
};

// The object to create: the document's labels and annotations stay, its own name does not.
Json execution_object(const Json& document, Json spec, const ExecutionObject& object);

} // namespace pedigree::cli
