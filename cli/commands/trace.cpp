#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/commands/commands.h"
#include "cli/lineage/read_api.h"
#include "cli/lineage/subject.h"
#include "net/url.h"
#include "records/trace_render.h"

namespace pedigree::cli {

Result<ExitCode> perform(const TraceOptions& options, const Cluster& cluster, Terminal& terminal) {
    TRY(const std::string query, query_for(options.subject));
    std::string rest = "traces/" + net::percent_encode(query);
    if (options.as_of) {
        rest += fmt::format("?asOf={}", *options.as_of);
    }
    TRY(const Json answer, read_lineage(cluster, rest, "trace of " + options.subject));
    const bool known = at_path(answer, {"root"}).is_string();
    switch (options.format) {
    case Format::Json:
        terminal.out << document_text(answer, Format::Json);
        break;
    case Format::Dot:
        terminal.out << records::trace_dot(answer);
        break;
    default:
        terminal.out << records::trace_tree(answer, terminal.unicode ? records::TreeLines::Unicode
                                                                     : records::TreeLines::Ascii);
    }
    return known ? ExitCode::Ok : ExitCode::NotFound;
}

} // namespace pedigree::cli
