#pragma once
// From an Error to the failure that an Experiment shows. The class says who can mend it:
// Infrastructure where the same work may go well later (Timeout, Unavailable, TooMany, Cancelled,
// Gone, Internal), else Configuration, which is not tried again. The reason is the error's, or the
// word of its code; the message is redacted. `doubtful`: a few tries, then it counts as final
// (base/error.h, Prospect::Unknown). Pure.

#include "base/error.h"
#include "records/work/work.h"

namespace pedigree::worker {

records::work::WorkFailure work_failure(const Error& error);

} // namespace pedigree::worker
