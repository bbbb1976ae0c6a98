// pedigree suspend: stops Experiments until they are resumed.

#include "cli/experiment/change.h"

namespace pedigree::cli {

namespace {

Result<ExitCode> perform(const ChangeOptions& options, const Context& context) {
    return change_experiments(Change::Suspend, options.names, context);
}

} // namespace

Command suspend_command() {
    return define_command<ChangeOptions>(
        {"suspend", "stops Experiments until they are resumed", "  {} suspend mnist-1"},
        describe_change, perform);
}

} // namespace pedigree::cli
