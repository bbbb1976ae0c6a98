#pragma once
// The CRD's schema as the library carries it (manifests/crd/experiment.yaml, embedded at build
// time): types, bounds, enums, required fields and defaults are read from it, so there is one copy
// of each. The rules that a schema cannot say stand in rules.h. Pure; the schema is parsed once,
// any thread.

#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::spec {

// The whole CustomResourceDefinition, and the openAPIV3Schema of its version.
const Json& experiment_crd();
const Json& experiment_schema();
// The schema of `spec` alone.
const Json& experiment_spec_schema();

// Appends what is wrong with types, bounds, enums, required and unknown fields of `value`.
void check_structure(const Json& value, const Json& schema, const std::string& path,
                     std::vector<FieldError>& errors);

// The value as the API server would store it: null fields dropped, defaults filled in.
Json with_defaults(const Json& value, const Json& schema);

} // namespace pedigree::spec
