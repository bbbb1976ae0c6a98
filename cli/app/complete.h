#pragma once
// Candidates for the word being typed, from the commands' descriptions (command.h). Names that only
// the cluster knows come through `names`, so the decision is pure. docs/cli/completion.md says how
// shells ask.

#include <functional>
#include <string>
#include <vector>

#include "cli/app/command.h"

namespace pedigree::cli {

// The names of a Source that only the cluster knows: Experiments, Projects, Namespaces.
using NameSource = std::function<std::vector<std::string>(Source source)>;

struct Candidates {
    std::vector<std::string> words;
    bool files = false; // names of files fit as well
};

// `words`: what stands behind the program's name; the last one is being typed and may be empty.
Candidates candidates_for(const std::vector<std::string>& words,
                          const std::vector<Command>& commands, const NameSource& names);

// The value of -n or --namespace among the words; empty: none.
std::string namespace_in(const std::vector<std::string>& words);

// The script that connects a shell with `pedigree __complete`; empty: no such shell.
std::string completion_script(std::string_view shell);
std::vector<std::string> completed_shells();

} // namespace pedigree::cli
