#pragma once
// From a document to a Study. validate_study() finds every error in one pass: types, bounds and
// words by schema.yaml, then what a schema cannot say (check_study.cpp, codes E02xx). `document` is
// what stands under `search:`; paths in errors begin with `path` ("spec.search" in an Experiment,
// "" in a file of its own). Pure; any thread.

#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/search/study.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::search {

// The schema as the library carries it.
const Json& search_schema();

std::vector<spec::FieldError> validate_study(const Json& document, const std::string& path = "");
// InvalidInput, reason "InvalidSearch", with all field errors in the message.
Result<Study> read_study(const Json& document, const std::string& path = "");

// Of a document that read_study() accepts: one that was validated before it was stored.
Study study_from(const Json& document);

// The rules alone: what an importer checks the Study by that it made.
std::vector<spec::FieldError> check_study(const Study& study, const std::string& path = "");

// Gives the first trial the values that a search's parameters have in `parameters`; others there
// are none of its business. InvalidInput: a value outside the space, or a first trial that the
// constraints forbid.
Result<Study> with_first(Study study, const Parameters& parameters);

} // namespace pedigree::search
