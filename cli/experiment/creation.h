#pragma once
// Creating the next execution of a project: what `pedigree run`, `retry` and `rerun` do once they
// have a document. The name is the next free one; who asks is filled in.

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/app/command.h"
#include "cli/experiment/execution.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::cli {

struct CreationOptions {
    ExecutionChanges changes;
    bool dry_run = false; // the API server judges it and keeps nothing
    bool follow = false;
    Format format = Format::Name;
};

// --dry-run, --follow and -o.
void describe_creation(CreationOptions& options, Syntax& syntax);
// --set and --project.
void describe_changes(ExecutionChanges& changes, Syntax& syntax);

// Creates it as <project>-<n>, with the labels and annotations of the document and this spec,
// prints it, and follows it if asked to. Conflict: fifty names in a row were taken by others.
Result<ExitCode> create_execution(const Json& document, const Json& spec,
                                  const CreationOptions& options, const Context& context);

// The rules that a spec breaks, those of a search too.
std::vector<spec::FieldError> errors_of(const Json& spec);
// One a line on standard error, below `title`.
void print_errors(const std::vector<spec::FieldError>& errors, const std::string& title,
                  Terminal& terminal);

} // namespace pedigree::cli
