#pragma once
// Changing an Experiment that goes on: what its spec takes after its creation (cancel, suspend). A
// change is a wish: the operator carries it out, and `pedigree wait` says when it has. What has
// ended is not changed any more, and what is so already is not asked for again.

#include <string>
#include <vector>

#include "cli/app/command.h"

namespace pedigree::cli {

enum class Change { Cancel, Suspend, Resume };

// What the command line of each of them takes.
struct ChangeOptions {
    std::vector<std::string> names;
};
void describe_change(ChangeOptions& options, Syntax& syntax);

// Changes each of them and says so, a line for each. What cannot be changed is said on standard
// error, and the others are changed nevertheless; the code is that of the first error: Conflict if
// it has ended, or is to be cancelled and should go on.
Result<ExitCode> change_experiments(Change change, const std::vector<std::string>& names,
                                    const Context& context);

} // namespace pedigree::cli
