#include "cli/app/read_api.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/advice.h"
#include "net/url.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

// Whether nobody serves the read API behind an API server that answers. The operator itself also
// says "not found": its API is then there.
bool is_unserved(const Cluster& cluster, const Error& error) {
    return (error.code == ErrorCode::NotFound && !cluster.fetch(records::lineage_api_root)) ||
           (error.code == ErrorCode::Unavailable && cluster.fetch("/version"));
}

} // namespace

std::string lineage_path(const Cluster& cluster, std::string_view rest) {
    return fmt::format("{}/namespaces/{}/{}", records::lineage_api_root,
                       net::percent_encode(cluster.name_space), rest);
}

Result<Json> read_lineage(const Cluster& cluster, std::string_view rest, std::string_view what) {
    auto text = cluster.fetch(lineage_path(cluster, rest));
    if (!text) {
        Error error = std::move(text).error();
        if (is_unserved(cluster, error)) {
            error = without_advice(std::move(error));
            error.message += "; is the operator running? kubectl get apiservice "
                             "v1alpha1.lineage.pedigree.dev";
        }
        return tl::unexpected(std::move(error).within(what));
    }
    return parse_json(*text);
}

} // namespace pedigree::cli
