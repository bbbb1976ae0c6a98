// pedigree schema: the JSON Schema of an Experiment, for editors (pipeline/spec/editor_schema.h).

#include "pipeline/spec/editor_schema.h"

#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"

namespace pedigree::cli {

namespace {

struct Options {};

void describe(Options&, Syntax&) {}

Result<ExitCode> perform(const Options&, const Context& context) {
    context.terminal.out << document_text(spec::editor_schema(), Format::Json);
    return ExitCode::Ok;
}

} // namespace

Command schema_command() {
    return define_command<Options>({"schema",
                                    "prints the JSON Schema of an Experiment, for editors",
                                    "  {} schema > experiment.schema.json"},
                                   describe, perform);
}

} // namespace pedigree::cli
