// pedigree trace: where something comes from, and what came from it.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/table.h"
#include "cli/lineage/ran.h"
#include "cli/lineage/traced.h"
#include "records/trace_render.h"

namespace pedigree::cli {

namespace {

struct Options {
    TraceQuestion question;
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value(
            "subject", options.question.subject, "SUBJECT",
            "exp/NAME, exp/NAME/TRIAL, a file or folder, sha256:..., image:..., commit:... or run:ID")
        .from(Source::Subjects)
        .required();
    syntax.flag("--forward", options.question.forward,
                "What came from it, instead of where it comes from");
    syntax.number("--as-of", options.question.as_of,
                  "As it was known at this position of the ledger", 0);
    syntax.format(options.format,
                  {Format::Table, Format::Wide, Format::Json, Format::Dot, Format::Mermaid});
}

std::string tree_of(const Json& answer, const Cluster& cluster, bool unicode) {
    const auto lines = unicode ? records::TreeLines::Unicode : records::TreeLines::Ascii;
    const std::string ran = ran_text(answer, trials_behind(answer, cluster), cluster.clock.now());
    return records::trace_tree(answer, lines, ran);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    TRY(const Json answer, read_trace_of(cluster, options.question));
    const bool known = at_path(answer, {"root"}).is_string();
    switch (options.format) {
    case Format::Json:
        terminal.out << document_text(enveloped("Trace", with_values(answer)), Format::Json);
        break;
    case Format::Dot:
        terminal.out << records::trace_dot(answer);
        break;
    case Format::Mermaid:
        terminal.out << records::trace_mermaid(answer);
        break;
    default:
        terminal.out << with_fitted_lines(tree_of(answer, cluster, terminal.unicode),
                                          options.format == Format::Wide ? 0
                                                                         : terminal.out_columns);
    }
    return known ? ExitCode::Ok : ExitCode::NotFound;
}

} // namespace

Command trace_command() {
    return define_command<Options>(
        {"trace", "tells where something comes from, what came from it, and what is not known",
         "  {} trace exp/mnist-1\n"
         "  {} trace exp/mnist-4/7\n"
         "  {} trace ./downloaded-model/\n"
         "  {} trace ./data/ --forward\n"
         "  {} trace commit:3f786850e387 -o dot"},
        describe, perform);
}

} // namespace pedigree::cli
