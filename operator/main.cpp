// pedigree-operator: see docs/architecture.md for its threads.

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "base/caught.h"
#include "base/log_level.h"
#include "base/stop_signals.h"
#include "experiment/effect.h"
#include "operator/program.h"

namespace {

std::string environment(const char* name, const std::string& fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : value;
}

} // namespace

int main(int argc, char** argv) {
    pedigree::control::ProgramOptions options;
    options.pod_name = environment("PEDIGREE_POD_NAME", options.pod_name);
    options.name_space = environment("PEDIGREE_NAMESPACE", options.name_space);

    CLI::App app("pedigree-operator: turns Experiments into models with a record");
    app.set_version_flag("--version", PEDIGREE_VERSION);
    app.add_option("--configuration", options.configuration_file, "platform configuration (JSON)");
    app.add_option("--database-url-file", options.database_url_file,
                   "file with the PostgreSQL URL");
    app.add_option("--registry-credentials", options.registry_directory,
                   "folder with username and password for pushing images");
    app.add_option("--artifact-store-credentials", options.artifact_store_directory,
                   "folder with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    app.add_option("--worker-socket", options.worker_socket, "unix socket of the worker");
    app.add_option("--kubeconfig", options.kubeconfig, "kubeconfig; default: in-cluster");
    app.add_option("--namespace", options.name_space, "the operator's own namespace");
    app.add_option("--operator-url", options.operator_url, "where recorders report");
    app.add_option("--address", options.address, "address to listen on");
    app.add_option("--read-port", options.read_port, "read API (TLS)");
    app.add_option("--event-port", options.event_port, "recorders' events (TLS)");
    app.add_option("--health-port", options.health_port, "probes (plain)");
    app.add_option("--metrics-port", options.metrics_port, "metrics (plain)");
    app.add_option("--reconcile-threads", options.reconcile_threads)->check(CLI::Range(1, 16));
    app.add_option("--activity-threads", options.activity_threads)->check(CLI::Range(1, 16));
    std::string log_level = "info";
    app.add_option("--log-level", log_level, "least level that is logged; SIGUSR1 asks for debug")
        ->check(CLI::IsMember(pedigree::log_level_words()));
    bool list_effects = false;
    app.add_flag("--list-effects", list_effects, "print the names of the effects, for crash tests");
    CLI11_PARSE(app, argc, argv);
    if (list_effects) {
        for (const std::string& name : pedigree::experiment::effect_names) {
            std::puts(name.c_str());
        }
        return EXIT_SUCCESS;
    }

    const pedigree::StopSignals signals;
    pedigree::set_log_level(*pedigree::from_word<pedigree::LogLevel>(log_level));
    const pedigree::Status status =
        pedigree::caught([&] { return pedigree::control::run_program(options, signals.token()); });
    if (!status) {
        pedigree::log_error(status.error().message);
    }
    return status ? EXIT_SUCCESS : EXIT_FAILURE;
}
