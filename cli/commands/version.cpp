// pedigree version: of this program, and of what it talks to.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

struct Options {
    bool client = false; // no cluster is asked
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.flag("--client", options.client, "Only of this program; no cluster is asked");
    syntax.format(options.format, {Format::Table, Format::Json});
}

// What the cluster is, and whether the operator answers behind it.
struct Served {
    std::string kubernetes; // "v1.34.1"
    std::string read_api;   // its group and version; empty: it does not answer
};

Result<Served> ask_cluster(const Cluster& cluster) {
    TRY(const std::string text, cluster.fetch("/version"));
    TRY(const Json version, parse_json(text));
    Served served{string_or(version, "gitVersion"), ""};
    if (cluster.fetch(records::lineage_api_root)) {
        served.read_api = records::lineage_api_version;
    }
    return served;
}

Result<Served> ask(const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    return ask_cluster(*cluster);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    const auto served = options.client ? Result<Served>(Served{}) : ask(context);
    if (options.format == Format::Json) {
        Json document{{"version", PEDIGREE_VERSION}};
        if (served && !options.client) {
            document["kubernetes"] = served->kubernetes;
            document["readApi"] = served->read_api.empty() ? Json() : Json(served->read_api);
        }
        terminal.out << document_text(enveloped("Version", std::move(document)), Format::Json);
    } else {
        terminal.out << "pedigree " PEDIGREE_VERSION "\n";
        if (served && !options.client) {
            terminal.out << fmt::format(
                "Kubernetes {}\nread API {}\n", printable(served->kubernetes),
                served->read_api.empty() ? "does not answer" : served->read_api);
        }
    }
    if (!served) {
        return tl::unexpected(
            Error(served.error()).within("version of the cluster (--client asks none)"));
    }
    return ExitCode::Ok;
}

} // namespace

Command version_command() {
    return define_command<Options>({"version",
                                    "prints the version of this program and of the cluster",
                                    "  {} version\n"
                                    "  {} version --client -o json"},
                                   describe, perform);
}

} // namespace pedigree::cli
