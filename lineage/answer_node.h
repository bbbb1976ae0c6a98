#pragma once
// A node as answers print it, in trace, find and the read API alike:
//
//     {"id": "Model:sha256:9f...", "kind": "Model", "digest": "sha256:9f...", "uri": "s3://...",
//      "namespace": "vision", "attributes": {"bytes": 123, "framework": "keras"}}
//
// "uid" stands in place of "digest" where the key is none. The words are records/event.h's. Pure.

#include "base/json.h"
#include "lineage/graph_reader.h"

namespace pedigree::lineage {

Json answer_node(const FoundNode& node);

// The attribute "uri" stands beside the others' object; one that was erased is null.
void add_attribute(Json& node, const FoundAttribute& attribute);

} // namespace pedigree::lineage
