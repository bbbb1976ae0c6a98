#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/documents.h"
#include "cli/subject.h"
#include "net/url.h"
#include "records/trace_render.h"

namespace pedigree::cli {

namespace {

// The API server may not know the group when the operator is not installed or away.
Error lineage_error(Error error, const std::string& what) {
    if (error.code == ErrorCode::NotFound || error.code == ErrorCode::Unavailable) {
        error.message += "; is the operator running? kubectl get apiservice "
                         "v1alpha1.lineage.pedigree.dev";
    }
    return std::move(error).within(what);
}

} // namespace

Result<ExitCode> perform(const TraceOptions& options, const Cluster& cluster, Terminal& terminal) {
    TRY(const std::string query, query_for(options.subject));
    std::string path = lineage_path(cluster.in_namespace, "traces/" + net::percent_encode(query));
    if (options.as_of) {
        path += fmt::format("?asOf={}", *options.as_of);
    }
    const auto text = cluster.fetch(path);
    if (!text) {
        return tl::unexpected(lineage_error(text.error(), "trace of " + options.subject));
    }
    TRY(const Json answer, parse_json(*text));
    const bool known = at_path(answer, {"root"}).is_string();
    switch (options.format) {
    case Format::Json:
        terminal.out << document_text(answer, Format::Json);
        break;
    case Format::Dot:
        terminal.out << records::trace_dot(answer);
        break;
    default:
        terminal.out << records::trace_tree(answer);
    }
    return known ? ExitCode::Ok : ExitCode::NotFound;
}

} // namespace pedigree::cli
