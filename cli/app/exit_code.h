#pragma once
// What pedigree's exit code says, so that scripts and pipelines can branch on it without reading
// text. The list is an interface: docs/cli/exit-codes.md repeats it and a test compares the two.

#include "base/error.h"

namespace pedigree::cli {

enum class ExitCode : int {
    Ok = 0,
    Failed = 1,       // the Experiment or the operation failed
    Usage = 2,        // the command line is wrong
    InvalidInput = 3, // a document is wrong; what is wrong was printed
    NotFound = 4,
    NotAllowed = 5, // no or wrong credentials, or the right is missing
    Conflict = 6,
    Unreachable = 7,     // cluster, database or registry
    TimedOut = 8,        // the time of --timeout is over
    NotVerified = 9,     // bytes, hashes or records do not match
    PartlyVerified = 10, // they match, and part of them is the record's word
    Interrupted = 130,
};

// The code of a command that could not do its work. One that could gives 0, 1, 8 or 10 itself.
ExitCode exit_code_of(const Error& error);

} // namespace pedigree::cli
