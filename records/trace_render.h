#pragma once
// The answer of a trace (docs/cli/trace.md) for people: as a tree, and as a Graphviz graph. Works
// on the answer's JSON alone, so that whatever speaks the interface can be shown. Text that users
// wrote is made printable: control characters become spaces (records/trace_answer.h). Pure; never
// fails: a field that is missing is left out.

#include <string>
#include <string_view>

#include "base/json.h"

namespace pedigree::records {

enum class TreeLines { Unicode, Ascii };

// From the effect to its causes (a commit: to its effects; an Experiment: all that it made), each
// node written out once, long lists of one kind folded; then what the answer does not know, and as
// of which ledger entry it holds. `below`: what stands below the trees. Ends with a line feed.
std::string trace_tree(const Json& answer, TreeLines lines = TreeLines::Unicode,
                       std::string_view below = "");

// The same as a Mermaid flowchart, which GitLab and GitHub draw inside Markdown.
std::string trace_mermaid(const Json& answer);

// A digraph whose edges go from effect to cause; what is not asserted by the operator is dashed.
std::string trace_dot(const Json& answer);

} // namespace pedigree::records
