#pragma once
// A node as answers print it: {"id", "kind", "digest" or "uid", "uri"?, "namespace", "attributes"}.
// Pure.

#include "base/json.h"
#include "lineage/graph_reader.h"

namespace pedigree::lineage {

Json answer_node(const FoundNode& node);

// The attribute "uri" stands beside the others' object; one that was erased is null.
void add_attribute(Json& node, const FoundAttribute& attribute);

} // namespace pedigree::lineage
