#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/trace_answer.h"
#include "records/trace_render.h"
#include "records/trace_tried.h"

namespace pedigree::records {

std::string trace_dot(const Json& answer) {
    const TraceAnswer indexed(answer);
    std::string out = "digraph trace {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const std::string& id : indexed.order) {
        out += fmt::format("  {} [label={}{}];\n", dot_quoted(id), dot_quoted(indexed.label(id)),
                           id == indexed.root ? ", style=bold" : "");
    }
    for (const TraceEdge& edge : indexed.edges) {
        out += fmt::format("  {} -> {} [label={}{}];\n", dot_quoted(edge.from), dot_quoted(edge.to),
                           dot_quoted(edge.relation),
                           edge.asserted == "Operator" ? "" : ", style=dashed");
    }
    return out + tried_dot(answer) + "}\n";
}

} // namespace pedigree::records
