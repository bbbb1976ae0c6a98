#include "cli/commands/table.h"

namespace pedigree::cli {

// A line here and the file cli/commands/<name>.cpp, which defines <name>_command(), are a command.
// clang-format off
#define PEDIGREE_COMMANDS(command) \
    command(init) \
    command(run) \
    command(get) \
    command(wait) \
    command(trace) \
    command(report) \
    command(find) \
    command(download) \
    command(top) \
    command(trials) \
    command(runs) \
    command(metrics) \
    command(compare) \
    command(lint) \
    command(schema) \
    command(logs) \
    command(describe) \
    command(explain) \
    command(cancel) \
    command(suspend) \
    command(resume) \
    command(retry) \
    command(rerun) \
    command(search) \
    command(verify) \
    command(lock) \
    command(plan) \
    command(doctor) \
    command(support_bundle) \
    command(uninstall) \
    command(version) \
    command(completion) \
    command(man)
// clang-format on

#define PEDIGREE_DECLARE(name) Command name##_command();
PEDIGREE_COMMANDS(PEDIGREE_DECLARE)
#undef PEDIGREE_DECLARE

std::vector<Command> all_commands() {
    std::vector<Command> all;
#define PEDIGREE_APPEND(name) all.push_back(name##_command());
    PEDIGREE_COMMANDS(PEDIGREE_APPEND)
#undef PEDIGREE_APPEND
    return all;
}

} // namespace pedigree::cli
