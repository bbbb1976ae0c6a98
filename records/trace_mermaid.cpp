#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/trace_answer.h"
#include "records/trace_render.h"

namespace pedigree::records {

namespace {

// Inside quotes Mermaid reads entities (#NUMBER;), HTML and its own Markdown; what could begin one
// of them becomes an entity.
std::string mermaid_quoted(std::string_view text) {
    constexpr std::string_view meaning = "#&<>\"`;\\*_[]";
    std::string quoted = "\"";
    for (const char c : printable(text)) {
        quoted += meaning.find(c) == std::string_view::npos
                      ? std::string(1, c)
                      : fmt::format("#{};", static_cast<int>(c));
    }
    return quoted + "\"";
}

} // namespace

std::string trace_mermaid(const Json& answer) {
    const TraceAnswer indexed(answer);
    std::string out = "flowchart LR\n";
    std::map<std::string, std::size_t> place; // ids hold characters that have a meaning there
    for (const std::string& id : indexed.order) {
        const std::size_t number = place.emplace(id, place.size()).first->second;
        out += fmt::format("  n{}[{}]\n", number, mermaid_quoted(indexed.label(id)));
        out += id == indexed.root ? fmt::format("  style n{} stroke-width:3px\n", number) : "";
    }
    for (const TraceEdge& edge : indexed.edges) {
        const auto from = place.find(edge.from);
        const auto to = place.find(edge.to);
        if (from != place.end() && to != place.end()) {
            out += fmt::format("  n{} {}|{}| n{}\n", from->second,
                               edge.asserted == "Operator" ? "-->" : "-.->",
                               mermaid_quoted(edge.relation), to->second);
        }
    }
    return out;
}

} // namespace pedigree::records
