#pragma once
// FailureClass: whose affair a failure is, and so what follows from it. The one word for it from
// the pod's termination message and the worker's answer through the rows to status, ledger and
// metrics.
//
//     Infrastructure  the cluster's or another server's; tried again, free, capped
//     OutOfMemory     tried again only with more memory, or as a trial with a smaller batch
//     Configuration   only a person can mend it: ends at once and says what to do
//     UserCode        the script's; tried again as spec.retries says
//     Deadline        a time that the spec allows is used up
//     Cancelled       somebody wanted it to stop

#include "base/words.h"

namespace pedigree {

enum class FailureClass {
    None, // it succeeded
    Infrastructure,
    OutOfMemory,
    Configuration,
    UserCode,
    Deadline,
    Cancelled,
};

Words<FailureClass> words_of(FailureClass); // None is ""

} // namespace pedigree
