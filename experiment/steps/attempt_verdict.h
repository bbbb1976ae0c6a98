#pragma once
// How an attempt went, once the recorder's bundle is read: what the pod's exit code said first may
// turn out better explained, or not to have been a success. Pure: changes the row that it is given.

#include <string>

#include "experiment/history.h"
#include "experiment/observation.h"
#include "pipeline/spec/experiment.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {

void set_verdict(AttemptRow& attempt, run::FailureClass failure_class, std::string reason,
                 std::string message);

// A failure gets the launcher's words, an end with 0 fails where a declared output is not kept.
void refine_verdict(AttemptRow& attempt, const records::pod::Bundle& bundle,
                    const spec::ExperimentSpec& spec);

// What the search is after. A script that ended well without it is of no use to the search.
void read_objective(const Accepted& accepted, const records::pod::Bundle& bundle,
                    AttemptRow& attempt);

} // namespace pedigree::experiment
