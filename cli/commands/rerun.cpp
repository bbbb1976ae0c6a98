// pedigree rerun: runs an Experiment again, with changes.

#include "cli/experiment/again.h"

namespace pedigree::cli {

namespace {

void describe(AgainOptions& options, Syntax& syntax) {
    describe_again(options, syntax);
    describe_changes(options.creation.changes, syntax);
    syntax
        .value("--commit", options.creation.changes.commit, "SHA",
               "Run this commit (40 hex digits) instead of the source's ref")
        .never_with("--same-commit");
}

Result<ExitCode> perform(const AgainOptions& options, const Context& context) {
    return run_again(options, Again::Whatever, context);
}

} // namespace

Command rerun_command() {
    return define_command<AgainOptions>({"rerun", "runs an Experiment again, with changes",
                                         "  {} rerun mnist-1 --set parameters.train.epochs=4\n"
                                         "  {} rerun mnist-1 --same-commit --set seed=8"},
                                        describe, perform);
}

} // namespace pedigree::cli
