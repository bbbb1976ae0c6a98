#pragma once
// Running an Experiment again: another one is created with its spec, since one Experiment is one
// execution.

#include <string>

#include "cli/experiment/creation.h"

namespace pedigree::cli {

struct AgainOptions {
    std::string name;
    bool same_commit = false; // the one that it ran, also where its ref has moved on
    CreationOptions creation;
};

// NAME, --same-commit and those of every creation.
void describe_again(AgainOptions& options, Syntax& syntax);

// Which of them may be run again.
enum class Again { WhatDidNotSucceed, Whatever };

// Creates the next execution of its project with its spec, labels and annotations; of one that was
// deleted with the spec of its record. Conflict: it
// goes on still, or has succeeded, where that is asked not to be.
Result<ExitCode> run_again(const AgainOptions& options, Again which, const Context& context);

} // namespace pedigree::cli
