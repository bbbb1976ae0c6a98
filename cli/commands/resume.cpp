// pedigree resume: lets suspended Experiments go on.

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
    return change_experiments(Change::Resume, options.names, context);
}

} // namespace

Command resume_command() {
    return define_command<Options>(
        {"resume", "lets suspended Experiments go on", "  {} resume mnist-1"}, describe, perform);
}

} // namespace pedigree::cli
