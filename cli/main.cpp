// pedigree, also installed as kubectl-pedigree: reads the command line, lets the command do its
// work, and turns its outcome into an exit code (cli/app/exit_code.h).

#include <iostream>
#include <memory>
#include <set>

#include <unistd.h>

#include "base/stop_signals.h"
#include "cli/app/arguments.h"
#include "cli/app/complete.h"
#include "cli/app/error_text.h"
#include "cli/app/screen.h"
#include "cli/commands/table.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

constexpr const char* complete_word = "__complete";

std::vector<std::string> names_of(Source source, const Cluster& cluster) {
    const bool namespaces = source == Source::Namespaces;
    k8s::ListOptions options;
    options.name_space = namespaces ? "" : cluster.name_space;
    const auto list = cluster.api.list(namespaces ? k8s::namespaces : experiments, options);
    std::set<std::string> names;
    if (list) {
        for (const k8s::Object& object : list->items) {
            names.insert(source == Source::Projects ? experiment_from(*object).project
                                                    : k8s::key_of(*object).name);
        }
    }
    return {names.begin(), names.end()};
}

// A shell asks while a person types: without a cluster there are simply no names.
ExitCode complete(const std::vector<std::string>& words, const StopSignals& signals) {
    const NameSource names = [&](Source source) {
        ClusterOptions where;
        where.name_space = namespace_in(words);
        const auto connection = Connection::open(where, signals.token());
        return connection ? names_of(source, (*connection)->cluster()) : std::vector<std::string>{};
    };
    const Candidates candidates = candidates_for(words, all_commands(), names);
    for (const std::string& word : candidates.words) {
        std::cout << word << '\n';
    }
    std::cout << (candidates.files ? ":0\n" : ":4\n") << std::flush;
    return ExitCode::Ok;
}

ExitCode execute(const Invocation& invocation, const StopSignals& signals) {
    Terminal terminal = standard_terminal(invocation.common.colour);
    std::unique_ptr<Connection> connection;
    const auto connect = [&]() -> Result<const Cluster*> {
        if (!connection) {
            TRY(connection, Connection::open(invocation.common.cluster, signals.token()));
        }
        return &connection->cluster();
    };
    const auto outcome = invocation.command.perform({terminal, signals.token(), connect});
    terminal.out.flush();
    if (!outcome) {
        terminal.err << error_text(outcome.error(), terminal.err_coloured);
        return exit_code_of(outcome.error());
    }
    return terminal.out ? *outcome : ExitCode::Failed;
}

ExitCode run(std::string_view program, const std::vector<std::string>& arguments) {
    const StopSignals signals(static_cast<int>(ExitCode::Interrupted));
    if (!arguments.empty() && arguments.front() == complete_word) {
        return complete({arguments.begin() + 1, arguments.end()}, signals);
    }
    const Parsed parsed = parse_arguments(program, arguments, all_commands());
    if (!parsed.invocation) {
        (parsed.code == ExitCode::Ok ? std::cout : std::cerr) << parsed.text << std::flush;
        return parsed.code;
    }
    return execute(*parsed.invocation, signals);
}

} // namespace

} // namespace pedigree::cli

int main(int count, char** words) {
    std::ios::sync_with_stdio(false);
    const pedigree::cli::ScreenDoor out(std::cout, STDOUT_FILENO);
    const pedigree::cli::ScreenDoor err(std::cerr, STDERR_FILENO);
    return static_cast<int>(pedigree::cli::run(words[0], {words + 1, words + count}));
}
