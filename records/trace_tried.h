#pragma once
// The section "tried" of a trace's answer (docs/spec/trace.md), for the renderers: what was tried
// before. Empty without the section. Pure; never fails.

#include <string>

#include "base/json.h"

namespace pedigree::records {

// "\nTried before it ...": the best trials before it, then the project's earlier Experiments.
std::string tried_text(const Json& answer);

// A dotted cluster of the trials and Experiments that are no nodes of the answer.
std::string tried_dot(const Json& answer);

} // namespace pedigree::records
