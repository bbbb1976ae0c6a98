#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/trace_answer.h"
#include "records/trace_render.h"

namespace pedigree::records {

std::string trace_dot(const Json& answer) {
    const TraceAnswer indexed(answer);
    const auto quoted = [](std::string_view text) {
        std::string out = "\"";
        for (const char c : printable(text)) {
            if (c == '"' || c == '\\') {
                out += '\\';
            }
            out += c;
        }
        return out + "\"";
    };
    std::string out = "digraph trace {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const std::string& id : indexed.order) {
        out += fmt::format("  {} [label={}{}];\n", quoted(id), quoted(indexed.label(id)),
                           id == indexed.root ? ", style=bold" : "");
    }
    for (const TraceEdge& edge : indexed.edges) {
        out +=
            fmt::format("  {} -> {} [label={}{}];\n", quoted(edge.from), quoted(edge.to),
                        quoted(edge.relation), edge.asserted == "Operator" ? "" : ", style=dashed");
    }
    return out + "}\n";
}

} // namespace pedigree::records
