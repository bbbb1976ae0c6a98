#pragma once
// `log_model(registered_model_name=...)` ends with calls to the model registry, in which pedigree
// registers only models whose record is sealed. They are answered as the registry would
// (RegisteredModel and ModelVersion of MLflow 3.5.1, a version "0" that is READY), so that the
// script ends and its model stays, and the record says that nothing was registered. Pure.

#include <string>

#include "base/json.h"

namespace pedigree::recorder {

Json registered_answer(const std::string& call, const Json& body, std::int64_t now_ms);
// The sentence of the gap; "" for the first of the two calls.
std::string not_registered(const std::string& call, const Json& body);

// The client then writes the version into the model's tag `mlflow.modelVersions`: taken out of the
// body. True: it held nothing else, so there is nothing to forward.
bool drop_registration(Json& body);

} // namespace pedigree::recorder
