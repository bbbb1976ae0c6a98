#include "cli/experiment/recorded.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

const Json& node_of(const Json& answer, const std::string& id) {
    static const Json none;
    for (const Json& node : at_path(answer, {"nodes"})) {
        if (string_or(node, "id") == id) {
            return node;
        }
    }
    return none;
}

// The other end of the first edge of this relation at `id` whose node is of this kind; empty: none.
std::string neighbour(const Json& answer, std::string_view end, const std::string& id,
                      std::string_view relation, std::string_view kind) {
    const std::string_view other = end == "from" ? "to" : "from";
    for (const Json& edge : at_path(answer, {"edges"})) {
        const std::string there = string_or(edge, other);
        if (string_or(edge, end) == id && string_or(edge, "relation") == relation &&
            string_or(node_of(answer, there), "kind") == kind) {
            return there;
        }
    }
    return "";
}

// 40 hex, of "sha1:<40 hex>".
std::string recorded_commit(const Json& answer, const std::string& spec) {
    const std::string resolve = neighbour(answer, "to", spec, "PlannedBy", "Resolve");
    const std::string commit = neighbour(answer, "from", resolve, "Used", "GitCommit");
    const std::string digest = string_or(node_of(answer, commit), "digest");
    return digest.substr(digest.find(':') + 1);
}

} // namespace

Result<Json> recorded_experiment(const k8s::ObjectKey& key, const Cluster& cluster) {
    TRY(const Json answer, read_lineage(cluster, "traces/" + net::percent_encode("exp:" + key.name),
                                        "trace of exp/" + key.name));
    const std::string root = string_or(answer, "root");
    const Json& attributes = at_path(node_of(answer, root), {"attributes"});
    const Json spec = parse_json(string_or(attributes, "spec")).value_or(Json());
    if (!spec.is_object()) {
        return failure(
            ErrorCode::NotFound,
            fmt::format("experiment {} is neither in the cluster nor in the record", key.text()));
    }
    const std::string outcome = string_or(attributes, "outcome");
    const auto condition = [](const char* type, bool is_true) -> Json {
        return {{"type", type}, {"status", is_true ? "True" : "False"}};
    };
    return Json{
        {"metadata", {{"name", key.name}, {"namespace", key.name_space}}},
        {"spec", spec},
        {"status",
         {{"phase", outcome},
          {"resolved", {{"commit", recorded_commit(answer, root)}}},
          {"conditions",
           {condition("Finished", true), condition("Succeeded", outcome == "Succeeded")}}}}};
}

} // namespace pedigree::cli
