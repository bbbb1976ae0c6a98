#pragma once
// The JSON Schema of an Experiment (draft 2020-12), made from the CRD's, for editors that complete
// and check YAML. It says what a schema can say: types, bounds, enums, which fields there are. The
// rules between fields are lint()'s. Pure.
//
//     # yaml-language-server: $schema=experiment.schema.json

#include "base/json.h"

namespace pedigree::spec {

const Json& editor_schema();

} // namespace pedigree::spec
