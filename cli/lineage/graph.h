#pragma once
// Graph: the nodes and edges of a trace's answer (docs/spec/trace.md), by id and by relation.
// Borrows the answer. Whatever is missing is empty. Pure.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pedigree::cli {

class Graph {
  public:
    explicit Graph(const Json& answer);

    const Json& node(const std::string& id) const;
    // Ids, in the order of the answer.
    std::vector<std::string> of_kind(std::string_view kind) const;
    // A text; empty: there is none, or it was erased.
    std::string attribute(const std::string& id, std::string_view name) const;
    // A text that is JSON; null: there is none.
    Json document(const std::string& id, std::string_view name) const;
    std::string digest(const std::string& id) const;

    // All ends of the edges from (or to) a node, of one relation and of one kind; empty: any kind.
    enum class End { Cause, Effect };
    std::vector<std::string> ends(End end, const std::string& id, std::string_view relation,
                                  std::string_view kind = "") const;
    // The first; empty: there is none.
    std::string cause(const std::string& id, std::string_view relation,
                      std::string_view kind) const;
    std::string effect(const std::string& id, std::string_view relation,
                       std::string_view kind) const;

  private:
    std::string first(End end, const std::string& id, std::string_view relation,
                      std::string_view kind) const;

    const Json& answer_;
    std::map<std::string, const Json*> nodes_;
};

} // namespace pedigree::cli
