#include "lineage/answer_node.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "records/run_key.h"

namespace pedigree::lineage {

Json answer_node(const FoundNode& node) {
    const bool digest = node.ref.key.starts_with("sha256:") || node.ref.key.starts_with("sha1:");
    const bool run = node.ref.kind == records::NodeKind::Run;
    return {{"id", node.ref.id()},
            {"kind", to_string(node.ref.kind)},
            {digest ? "digest" : "uid",
             run ? records::run_id_of(node.ref.key) : std::string_view(node.ref.key)},
            {"namespace", node.name_space.value_or("")},
            {"attributes", Json::object()}};
}

void add_attribute(Json& node, const FoundAttribute& attribute) {
    Json& target = attribute.name == "uri" ? node["uri"] : node["attributes"][attribute.name];
    if (attribute.text) {
        target = valid_utf8(*attribute.text);
    } else {
        const auto parsed = parse_json(attribute.value.value_or("null"));
        target = parsed ? *parsed : Json();
    }
}

} // namespace pedigree::lineage
