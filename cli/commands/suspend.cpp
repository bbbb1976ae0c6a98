// pedigree suspend: stops Experiments until they are resumed.

#include "cli/experiment/change.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> names;
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("names", options.names, "NAME", "Experiments")
        .from(Source::Experiments)
        .required();
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    return change_experiments(Change::Suspend, options.names, context);
}

} // namespace

Command suspend_command() {
    return define_command<Options>(
        {"suspend", "stops Experiments until they are resumed", "  {} suspend mnist-1"}, describe,
        perform);
}

} // namespace pedigree::cli
