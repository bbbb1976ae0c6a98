#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/commands/commands.h"

namespace pedigree::cli {

Result<ExitCode> perform(const VersionOptions& options, Terminal& terminal) {
    if (options.format == Format::Json) {
        const Json document = {{"apiVersion", "pedigree.dev/v1alpha1"},
                               {"kind", "Version"},
                               {"version", PEDIGREE_VERSION}};
        terminal.out << document_text(document, Format::Json);
    } else {
        terminal.out << "pedigree " PEDIGREE_VERSION "\n";
    }
    return ExitCode::Ok;
}

} // namespace pedigree::cli
