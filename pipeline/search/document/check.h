#pragma once
// The parts of validate_study() and check_study(). Each appends what is wrong to `errors`. Private
// to this folder; pure.

#include "pipeline/search/document/read_study.h"

namespace pedigree::search {

using Errors = std::vector<spec::FieldError>;

// Of the document, whose structure is sound: values are scalars, and each parameter has the members
// of its type and no others.
void check_document(const Json& document, const std::string& path, Errors& errors);
// One dimension by itself; `path` is its place.
void check_dimension(const Dimension& dimension, const std::string& path, Errors& errors);
// How dimensions refer to each other: conditions and constraints.
void check_references(const Space& space, const std::string& path, Errors& errors);

} // namespace pedigree::search
