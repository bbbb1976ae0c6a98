#pragma once
// Events, suggestions and answers as JSON: the lines of `pedigree search serve` and of its history
// file (docs/spec/search.md). Pure.
//
//     {"asked": {"trial": 1, "parameters": {"lr": 0.01}, "reason": {...}}}    "repeats": 3
//     {"tell": {"trial": 1, "value": 0.91}}    "failed": "OutOfMemory"    "stopped": true
//     {"report": {"trial": 1, "step": 3, "value": 0.7}}
//
// JSON has no NaN: values may also be the words "NaN", "Infinity", "-Infinity", or null.

#include "base/json.h"
#include "pipeline/search/search.h"

namespace pedigree::search {

// InvalidInput names the field.
Result<Event> event_from(const Json& line);
Json to_json(const Event& event);

Json to_json(const Parameters& parameters);
// InvalidInput names the parameter that is no scalar.
Result<Parameters> parameters_from(const Json& object);
// With the engine's version, which a suggestion is a function of as well.
Json to_json(const Reason& reason);
// {"trial", "parameters"}, and "repeats" if it does.
Json to_json(const Suggestion& suggestion);
Json to_json(const Incumbent& incumbent);

Asked asked_from(const Suggestion& suggestion);

} // namespace pedigree::search
