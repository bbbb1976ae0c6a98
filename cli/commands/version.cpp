// pedigree version: what `pedigree --version` prints, also as a document.

#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"

namespace pedigree::cli {

namespace {

struct Options {
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.format(options.format, {Format::Table, Format::Json});
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    if (options.format == Format::Json) {
        const Json document = enveloped("Version", {{"version", PEDIGREE_VERSION}});
        context.terminal.out << document_text(document, Format::Json);
    } else {
        context.terminal.out << "pedigree " PEDIGREE_VERSION "\n";
    }
    return ExitCode::Ok;
}

} // namespace

Command version_command() {
    return define_command<Options>({"version", "prints the version", ""}, describe, perform);
}

} // namespace pedigree::cli
