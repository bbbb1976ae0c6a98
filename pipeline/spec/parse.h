#pragma once
// From a document to an ExperimentSpec. validate() finds every error in one pass: structure and
// bounds by the CRD's schema, then the table of rules. parse() fills in the defaults and gives the
// typed form. The operator calls both on what the API server stored, `lint` on what a person wrote.
// Pure.

#include <vector>

#include "base/json.h"
#include "pipeline/spec/experiment.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::spec {

// `document` is the whole object; of metadata only the name is looked at, status is ignored.
std::vector<FieldError> validate(const Json& document);
// `spec` alone.
std::vector<FieldError> validate_spec(const Json& spec);

// What an update changes that it must not: everything but suspend, and cancel one way. Both are the
// specs as stored.
std::vector<FieldError> validate_update(const Json& old_spec, const Json& new_spec);

// InvalidInput, reason "InvalidSpec", with all field errors in the message.
Result<ExperimentSpec> parse(const Json& spec);

} // namespace pedigree::spec
