// pedigree report: a result on one page, for a review or a merge request.

#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/lineage/traced.h"
#include "cli/report/result.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string subject;
    std::optional<std::int64_t> as_of;
    Format format = Format::Markdown;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value("subject", options.subject, "SUBJECT",
               "exp/NAME, exp/NAME/TRIAL, a file or folder, sha256:... or run:ID")
        .from(Source::Subjects)
        .required();
    syntax.number("--as-of", options.as_of, "As it was known at this position of the ledger", 0);
    syntax.format(options.format, {Format::Markdown, Format::Html});
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    TRY(const Json answer, read_trace_of(cluster, {options.subject, options.as_of}));
    if (!at_path(answer, {"root"}).is_string()) {
        context.terminal.err << "nothing is known of " << printable(options.subject)
                             << "; pedigree find lists what is\n";
        return ExitCode::NotFound;
    }
    const Page page =
        result_page(options.subject, answer, trials_behind(answer, cluster), cluster.clock.now());
    context.terminal.out << (options.format == Format::Html ? html_of(page) : markdown_of(page));
    return ExitCode::Ok;
}

} // namespace

Command report_command() {
    return define_command<Options>(
        {"report", "writes a result on one page, to be sent or pasted into a merge request",
         "  {} report exp/mnist-4 -o html > mnist-4.html\n"
         "  {} report mnist-4/7\n"
         "  {} report ./downloaded-model/ -o md"},
        describe, perform);
}

} // namespace pedigree::cli
