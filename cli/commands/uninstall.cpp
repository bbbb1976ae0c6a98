// pedigree uninstall --everything: takes pedigree out of a cluster, Experiments and all.

#include <iostream>
#include <string>

#include <fmt/format.h>

#include <unistd.h>

#include "base/pause.h"
#include "cli/app/command.h"
#include "cli/uninstall/removal.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string system_namespace = "pedigree-system";
    bool everything = false;
    bool yes = false;
};

constexpr const char* gentle_way =
    "helm uninstall pedigree --namespace pedigree-system keeps the CRD with all Experiments; so does "
    "kubectl delete -k without it. Installed again, pedigree goes on from there "
    "(docs/operate/install.md). To take Experiments, finalizers and the CRD as well: --everything";

void describe(Options& options, Syntax& syntax) {
    syntax.value("--system-namespace", options.system_namespace, "NAME", "Where the operator is")
        .usually(options.system_namespace)
        .from(Source::Namespaces);
    syntax.flag("--everything", options.everything,
                "Experiments, finalizers, CRD, operator and its namespace");
    syntax.flag("--yes", options.yes, "Does not ask; needed without a terminal");
    syntax.check([&options]() -> Status {
        return options.everything ? Status() : failure(ErrorCode::InvalidInput, gentle_way);
    });
}

Result<bool> confirmed(const Options& options, Terminal& terminal) {
    if (options.yes) {
        return true;
    }
    if (!terminal.err_interactive || ::isatty(STDIN_FILENO) == 0) {
        return failure(ErrorCode::InvalidInput,
                       "nobody can be asked here; with --yes it is done without");
    }
    terminal.err << "type yes to remove it: " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "yes";
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    Terminal& terminal = context.terminal;
    TRY(const Remains remains, find_remains(*cluster, options.system_namespace));
    if (remains.empty()) {
        terminal.err << "nothing of pedigree is there"
                     << (remains.namespace_ends ? ", but for its namespace, which is being deleted"
                                                : "")
                     << '\n';
        return ExitCode::Ok;
    }
    terminal.err << removal_text(remains, options.system_namespace);
    TRY(const bool wanted, confirmed(options, terminal));
    if (!wanted) {
        terminal.err << "nothing was removed\n";
        return ExitCode::Failed;
    }
    const RemovalOptions removal{
        options.system_namespace,
        [&](std::chrono::milliseconds time) { pause_for(time, context.stop); },
        [&](const std::string& what) { terminal.out << printable(what) << " removed\n"; }};
    const Status removed = remove_remains(*cluster, remains, removal);
    if (!removed) {
        return tl::unexpected<Error>(
            Error(removed.error()).within("what is left goes when this is run again"));
    }
    return ExitCode::Ok;
}

} // namespace

Command uninstall_command() {
    return define_command<Options>({"uninstall",
                                    "takes pedigree out of a cluster, with all Experiments",
                                    "  {} uninstall --everything\n"
                                    "  {} uninstall --everything --yes"},
                                   describe, perform);
}

} // namespace pedigree::cli
