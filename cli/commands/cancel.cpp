// pedigree cancel: ends Experiments for good.

#include "cli/experiment/change.h"

namespace pedigree::cli {

namespace {

Result<ExitCode> perform(const ChangeOptions& options, const Context& context) {
    return change_experiments(Change::Cancel, options.names, context);
}

} // namespace

Command cancel_command() {
    return define_command<ChangeOptions>(
        {"cancel", "ends Experiments for good", "  {} cancel mnist-1 mnist-2"}, describe_change,
        perform);
}

} // namespace pedigree::cli
