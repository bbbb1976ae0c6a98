// pedigree find: the models of a project.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/table.h"
#include "cli/app/time_text.h"
#include "cli/lineage/pages.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string project; // empty: of all
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("--project", options.project, "NAME", "Only of this project")
        .from(Source::Projects);
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json});
}

Table models_table(const Json& items, Instant now) {
    Table table{{"MODEL", "PROJECT", "EXPERIMENT", "FILES", "BYTES", "AGE"}, {}};
    for (const Json& item : items) {
        const Json& attributes = at_path(item, {"attributes"});
        const auto number = [&](std::string_view name) {
            const Json& value = at_path(attributes, {name});
            return value.is_number() ? canonical_json(value) : std::string();
        };
        const auto recorded = parse_instant(string_or(item, "recorded"));
        table.rows.push_back(
            {{string_or(item, "digest")},
             {string_or(item, "project")},
             {string_or(item, "experiment")},
             {number("files")},
             {number("bytes")},
             {recorded ? age_text(std::chrono::duration_cast<std::chrono::seconds>(now - *recorded))
                       : ""}});
    }
    return table;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    const std::string project = options.project.empty() ? "-" : options.project;
    TRY(Json answer, read_pages(cluster, "models/" + net::percent_encode(project),
                                "models of project " + project));
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("ModelList", std::move(answer)), Format::Json);
        return ExitCode::Ok;
    }
    const Json& items = at_path(answer, {"items"});
    if (!items.is_array() || items.empty()) {
        terminal.err << fmt::format("none, as of entry {}\n", integer_or(answer, "asOf"));
        return ExitCode::Ok;
    }
    const Table table = models_table(items, cluster.clock.now());
    terminal.out << (options.format == Format::Wide ? render(table, terminal.out_coloured)
                                                    : render(table, terminal));
    if (bool_or(answer, "truncated")) {
        terminal.err << fmt::format("there are more; these are the {} newest\n", items.size());
    }
    return ExitCode::Ok;
}

} // namespace

Command find_command() {
    return define_command<Options>(
        {"find", "lists the models of a project", "  {} find --project mnist -o json"}, describe,
        perform);
}

} // namespace pedigree::cli
