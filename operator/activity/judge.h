#pragma once
// judge(): what follows from a try of an activity that failed. The law: what will never be
// different ends at once; what passes by itself is tried again until the activity's deadline; what
// nobody can tell is tried a bounded number of times; work whose process dies again and again is
// given up and named. So no state of an activity lasts for ever, and the same error is not tried
// the same way for ever. Pure.

#include "base/error.h"
#include "base/failure_class.h"
#include "experiment/history.h"
#include "records/work/work.h"

namespace pedigree::control {

constexpr std::int64_t unknown_tries_max = 10; // that fail alike, in a row
constexpr std::int64_t deaths_max = 3;         // of a child by a signal, in a row

enum class Trouble {
    Permanent, // the same try fails for ever
    Passing,   // a server that is away, a node that was lost
    Unknown,
    Death, // the process that did it died by a signal
};

struct Refusal {
    Trouble trouble = Trouble::Unknown;
    records::work::WorkFailure failure;
};
// Of ours: no order could be made, the worker is away, its answer cannot be read or kept.
Refusal refusal_of(const Error& error);
// Of the worker, or of an auxiliary Job.
Refusal refusal_of(records::work::WorkFailure failure);

struct Verdict {
    bool again = false;
    std::int64_t alike = 1; // for the row: tries that failed for this reason, in a row
    records::work::WorkFailure failure;
};
// `before`: the row as the try found it. `overdue`: the activity's deadline is over.
Verdict judge(Refusal refusal, const experiment::ActivityRow& before, bool overdue);

} // namespace pedigree::control
