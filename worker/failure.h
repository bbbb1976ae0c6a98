#pragma once
// From an Error to the failure an Experiment shows: the class says who can mend it. Pure.

#include "base/error.h"
#include "records/work/work.h"

namespace pedigree::worker {

records::work::WorkFailure work_failure(const Error& error);

} // namespace pedigree::worker
