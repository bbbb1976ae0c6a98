#pragma once
// What the API server asks of an object's metadata, in its words: the syntax of the name, fields
// that it knows, labels and annotations that are strings. Source: metav1.ObjectMeta and
// apimachinery's validation of it. Pure.

#include <vector>

#include "base/json.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::spec {

// `document` is the whole object.
std::vector<FieldError> metadata_errors(const Json& document);

} // namespace pedigree::spec
