// pedigree, also installed as kubectl-pedigree: reads the command line, opens the cluster if the
// command needs one, and turns its outcome into an exit code (cli/app/exit_code.h).

#include <iostream>
#include <set>
#include <type_traits>

#include "cli/app/arguments.h"
#include "cli/app/complete.h"
#include "cli/app/report.h"
#include "cli/app/signals.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

std::vector<std::string> names_of(NameKind kind, const Cluster& cluster) {
    k8s::ListOptions options;
    options.in_namespace = kind == NameKind::Namespaces ? "" : cluster.in_namespace;
    const auto list =
        cluster.api.list(kind == NameKind::Namespaces ? k8s::namespaces : experiments, options);
    std::set<std::string> names;
    if (list) {
        for (const k8s::Object& object : list->items) {
            names.insert(kind == NameKind::Projects ? experiment_from(*object).project
                                                    : k8s::key_of(*object).name);
        }
    }
    return {names.begin(), names.end()};
}

// A shell asks while a person types: without a cluster there are simply no names.
ExitCode complete(const CompleteOptions& options, const SignalStop& signals, Terminal& terminal) {
    const NameSource names = [&](NameKind kind) {
        ClusterOptions where;
        where.in_namespace = namespace_in(options.words);
        const auto connection = Connection::open(where, signals.token());
        return connection ? names_of(kind, (*connection)->cluster()) : std::vector<std::string>{};
    };
    const Candidates candidates = candidates_for(options.words, names);
    for (const std::string& word : candidates.words) {
        terminal.out << word << '\n';
    }
    terminal.out << (candidates.files ? ":0\n" : ":4\n");
    return ExitCode::Ok;
}

struct Runner {
    const Invocation& invocation;
    const SignalStop& signals;
    Terminal& terminal;

    // A cluster is only needed by whoever asks it.
    Result<std::string> image_of(const std::string& project) const {
        TRY(const auto connection, Connection::open(invocation.cluster, signals.token()));
        return last_image(project, connection->cluster());
    }

    template <typename Options>
    Result<ExitCode> operator()(const Options& options) const {
        if constexpr (std::is_same_v<Options, CompleteOptions>) {
            return complete(options, signals, terminal);
        } else if constexpr (requires { perform(options, terminal); }) {
            return perform(options, terminal);
        } else if constexpr (requires { perform(options, signals.token(), terminal); }) {
            return perform(options, signals.token(), terminal);
        } else if constexpr (std::is_same_v<Options, PlanOptions>) {
            return perform(
                options, [this](const auto& project) { return image_of(project); }, signals.token(),
                terminal);
        } else {
            TRY(const auto connection, Connection::open(invocation.cluster, signals.token()));
            return perform(options, connection->cluster(), terminal);
        }
    }
};

ExitCode execute(const Invocation& invocation, const SignalStop& signals) {
    Terminal terminal = standard_terminal(invocation.colour);
    const auto outcome = std::visit(Runner{invocation, signals, terminal}, invocation.command);
    terminal.out.flush();
    if (!outcome) {
        terminal.err << error_text(outcome.error(), terminal.err_coloured);
        return exit_code_of(outcome.error());
    }
    return terminal.out ? *outcome : ExitCode::Failed;
}

} // namespace

} // namespace pedigree::cli

int main(int count, char** words) {
    using namespace pedigree::cli;
    std::ios::sync_with_stdio(false);
    const SignalStop signals;
    const Parsed parsed = parse_arguments(words[0], {words + 1, words + count});
    if (!parsed.invocation) {
        (parsed.code == ExitCode::Ok ? std::cout : std::cerr) << parsed.text << std::flush;
        return static_cast<int>(parsed.code);
    }
    return static_cast<int>(execute(*parsed.invocation, signals));
}
