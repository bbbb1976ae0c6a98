#pragma once
// Candidates for the word being typed. Names that only the cluster knows come through `names`, so
// the decision is pure. docs/cli/completion.md says how shells ask.

#include <functional>
#include <string>
#include <vector>

namespace pedigree::cli {

enum class NameKind { Experiments, Namespaces, Projects };
using NameSource = std::function<std::vector<std::string>(NameKind kind)>;

struct Candidates {
    std::vector<std::string> words;
    bool files = false; // names of files fit as well
};

// `words`: what stands behind the command's name; the last one is being typed and may be empty.
Candidates candidates_for(const std::vector<std::string>& words, const NameSource& names);

// The value of -n or --namespace among the words; empty: none.
std::string namespace_in(const std::vector<std::string>& words);

// The script that connects a shell with `pedigree __complete`; empty: no such shell.
std::string completion_script(const std::string& shell);

} // namespace pedigree::cli
