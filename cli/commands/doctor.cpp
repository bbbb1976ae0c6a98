// pedigree doctor: what is wrong with an installation, or with a cluster before one.

#include <nlohmann/json.hpp>

#include "base/pause.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/look.h"
#include "cli/doctor/report.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string system_namespace = "pedigree-system";
    bool before_install = false;
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value("--system-namespace", options.system_namespace, "NAME",
               "Where the operator is, or will be")
        .usually(options.system_namespace)
        .from(Source::Namespaces);
    syntax.flag("--before-install", options.before_install,
                "Judges what has to be there before an installation");
    syntax.format(options.format, {Format::Table, Format::Json});
}

ExitCode code_of(const std::vector<Check>& checks, const Sight& sight) {
    if (!sight.version && ends_the_look(sight.version.error())) {
        return exit_code_of(sight.version.error());
    }
    return count_of(checks, Verdict::Finding) == 0 ? ExitCode::Ok : ExitCode::Failed;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    const auto pause = [&](std::chrono::milliseconds time) { pause_for(time, context.stop); };
    const Sight sight = look(*cluster, {options.system_namespace, options.before_install, pause});
    if (context.stop.stop_requested()) {
        return ExitCode::Interrupted;
    }
    const std::vector<Check> checks = examined(sight);
    Terminal& terminal = context.terminal;
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("Diagnosis", checks_json(checks, sight)),
                                      Format::Json);
    } else {
        terminal.out << checks_text(checks, terminal);
    }
    terminal.err << checks_summary(checks) << '\n';
    return code_of(checks, sight);
}

} // namespace

Command doctor_command() {
    return define_command<Options>({"doctor",
                                    "says what is wrong with an installation, and what to do",
                                    "  {} doctor\n"
                                    "  {} doctor -n vision -o json\n"
                                    "  {} doctor --before-install"},
                                   describe, perform);
}

} // namespace pedigree::cli
