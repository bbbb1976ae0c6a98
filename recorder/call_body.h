#pragma once
// The body of a call that changes something, as the recorder understood it and as it is sent on:
// read strictly and made anew from the fields that the call has in MLflow 3.5.1 (service.proto,
// mlflow_artifacts.proto), so that what the server's parser sees is what was judged here. That
// parser takes a field by two names (`run_id`, `runId`), the last of several, bare NaN, and text
// within text; here a field has one name, once, with a value of its type. Fields that the call does
// not have are left out, as the server leaves them out, and named. Pure.

#include <string>
#include <vector>

#include "base/json.h"

namespace pedigree::recorder {

// The fields by their snake_case names; integers and numbers are numbers. InvalidInput says which
// field and what it must be; its message is for the script's author. `call` as in Match:
// "runs/log-batch", "logged-models/m-1/tags", "mpu/create/1/run/artifacts/a". `left_out` gets the
// unknown ones, each once: "metrics[].stage".
Result<Json> read_call(const std::string& call, const std::string& text,
                       std::vector<std::string>* left_out = nullptr);

// Ids of runs and logged models, as MLflow makes them; nothing that a path or query could mean.
bool is_tracker_id(std::string_view text);

// The run that a call is about; "" if it names none.
std::string run_of(const Json& fields);
// The logged models that the call writes to.
std::vector<std::string> models_written(const std::string& call, const Json& fields);

} // namespace pedigree::recorder
