#pragma once
// The canonical form of a spec: what is hashed, stored and read back. It holds every field with its
// default filled in, except suspend and cancel, which say nothing about what is trained; numbers
// without a fraction are integers; canonical_json() gives its bytes (docs/spec/experiment.md).
// Pure.

#include "base/digest.h"
#include "base/json.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::spec {

// parse() of the result gives the same spec.
Json to_canonical_json(const ExperimentSpec& spec);
// sha256 of canonical_json(to_canonical_json(spec)).
Digest spec_hash(const ExperimentSpec& spec);

// The parameters as a JSON object: what $PEDIGREE_PARAMETERS holds.
Json parameters_json(const ExperimentSpec& spec);
// One value as an argument or an environment variable: true, 64, 0.001, text as it is.
std::string parameter_text(const ParameterValue& value);

} // namespace pedigree::spec
