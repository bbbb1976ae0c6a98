#include "cli/lineage/graph.h"

#include <nlohmann/json.hpp>

namespace pedigree::cli {

Graph::Graph(const Json& answer) : answer_(answer) {
    for (const Json& node : at_path(answer, {"nodes"})) {
        nodes_.emplace(string_or(node, "id"), &node);
    }
}

const Json& Graph::node(const std::string& id) const {
    static const Json none;
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? none : *found->second;
}

std::vector<std::string> Graph::of_kind(std::string_view kind) const {
    std::vector<std::string> found;
    for (const Json& node : at_path(answer_, {"nodes"})) {
        if (string_or(node, "kind") == kind) {
            found.push_back(string_or(node, "id"));
        }
    }
    return found;
}

std::string Graph::attribute(const std::string& id, std::string_view name) const {
    return string_or(at_path(node(id), {"attributes"}), name);
}

Json Graph::document(const std::string& id, std::string_view name) const {
    return parse_json(attribute(id, name)).value_or(Json());
}

std::string Graph::digest(const std::string& id) const {
    return string_or(node(id), "digest");
}

std::vector<std::string> Graph::ends(End end, const std::string& id, std::string_view relation,
                                     std::string_view kind) const {
    std::vector<std::string> found;
    for (const Json& edge : at_path(answer_, {"edges"})) {
        const std::string here = string_or(edge, end == End::Cause ? "from" : "to");
        const std::string there = string_or(edge, end == End::Cause ? "to" : "from");
        if (here == id && string_or(edge, "relation") == relation &&
            (kind.empty() || string_or(node(there), "kind") == kind)) {
            found.push_back(there);
        }
    }
    return found;
}

std::string Graph::first(End end, const std::string& id, std::string_view relation,
                         std::string_view kind) const {
    const auto found = ends(end, id, relation, kind);
    return found.empty() ? "" : found.front();
}

std::string Graph::cause(const std::string& id, std::string_view relation,
                         std::string_view kind) const {
    return first(End::Cause, id, relation, kind);
}

std::string Graph::effect(const std::string& id, std::string_view relation,
                          std::string_view kind) const {
    return first(End::Effect, id, relation, kind);
}

} // namespace pedigree::cli
