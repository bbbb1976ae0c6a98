// pedigree cancel: ends Experiments for good.

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
    return change_experiments(Change::Cancel, options.names, context);
}

} // namespace

Command cancel_command() {
    return define_command<Options>(
        {"cancel", "ends Experiments for good", "  {} cancel mnist-1 mnist-2"}, describe, perform);
}

} // namespace pedigree::cli
