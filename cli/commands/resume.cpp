// pedigree resume: lets suspended Experiments go on.

#include "cli/experiment/change.h"

namespace pedigree::cli {

namespace {

Result<ExitCode> perform(const ChangeOptions& options, const Context& context) {
    return change_experiments(Change::Resume, options.names, context);
}

} // namespace

Command resume_command() {
    return define_command<ChangeOptions>(
        {"resume", "lets suspended Experiments go on", "  {} resume mnist-1"}, describe_change,
        perform);
}

} // namespace pedigree::cli
