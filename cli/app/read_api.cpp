#include "cli/app/read_api.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "net/url.h"
#include "records/names.h"

namespace pedigree::cli {

std::string lineage_path(const Cluster& cluster, std::string_view rest) {
    return fmt::format("{}/namespaces/{}/{}", records::lineage_api_root,
                       net::percent_encode(cluster.name_space), rest);
}

Result<Json> read_lineage(const Cluster& cluster, std::string_view rest, std::string_view what) {
    auto text = cluster.fetch(lineage_path(cluster, rest));
    if (!text) {
        Error error = std::move(text).error();
        // The operator itself also answers "not found": its API is then there.
        const bool unserved =
            error.code == ErrorCode::Unavailable ||
            (error.code == ErrorCode::NotFound && !cluster.fetch(records::lineage_api_root));
        if (unserved) {
            error.message += "; is the operator running? kubectl get apiservice "
                             "v1alpha1.lineage.pedigree.dev";
        }
        return tl::unexpected(std::move(error).within(what));
    }
    return parse_json(*text);
}

} // namespace pedigree::cli
