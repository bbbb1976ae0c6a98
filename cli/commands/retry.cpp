// pedigree retry: runs what did not succeed once more.

#include "cli/experiment/again.h"

namespace pedigree::cli {

namespace {

Result<ExitCode> perform(const AgainOptions& options, const Context& context) {
    return run_again(options, Again::WhatDidNotSucceed, context);
}

} // namespace

Command retry_command() {
    return define_command<AgainOptions>({"retry",
                                         "runs an Experiment that did not succeed once more",
                                         "  {} retry mnist-1 --follow\n"
                                         "  {} retry mnist-1 --same-commit"},
                                        describe_again, perform);
}

} // namespace pedigree::cli
