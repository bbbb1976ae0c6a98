#pragma once
// The search of an Experiment: what stands under spec.search together with what the rest of the
// spec says about it. Pure; any thread.

#include <vector>

#include "base/json.h"
#include "pipeline/search/study.h"
#include "pipeline/spec/experiment.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::search {

// Everything wrong with the search of an Experiment document ({"spec": ...}), with paths from its
// root; nothing if it has none. What the CRD's schema says is said here once more.
std::vector<spec::FieldError> validate_experiment_search(const Json& document);

// The search of a spec that was validated; its parameters are the first trial's values.
// InvalidInput, reason "InvalidSearch": they are outside the space.
Result<Study> study_of(const spec::ExperimentSpec& spec);

} // namespace pedigree::search
