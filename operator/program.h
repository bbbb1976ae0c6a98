#pragma once
// Program: the operator process put together: caches, leader election, reconcile threads,
// activities, sequencer, HTTP endpoints. main() makes one, runs it and stops it on a signal. A
// replica that does not lead serves the read API and keeps its caches warm.

#include <stop_token>
#include <string>

#include "base/result.h"

namespace pedigree::control {

struct ProgramOptions {
    std::string configuration_file = "/etc/pedigree/configuration/config.json";
    std::string database_url_file = "/etc/pedigree/database/url";
    std::string registry_directory = "/etc/pedigree/registry";
    std::string artifact_store_directory = "/etc/pedigree/artifact-store";
    std::string worker_socket = "/run/pedigree/worker.sock";
    std::string kubeconfig; // empty: in-cluster, else $KUBECONFIG
    std::string name_space = "pedigree-system";
    std::string pod_name = "local";
    std::string service_name = "pedigree-operator";
    std::string operator_url; // empty: https://<service>.<namespace>.svc:8444
    std::string address = "0.0.0.0";
    std::uint16_t read_port = 8443;
    std::uint16_t event_port = 8444;
    std::uint16_t health_port = 8081;
    std::uint16_t metrics_port = 8080;
    std::size_t reconcile_threads = 2;
    std::size_t activity_threads = 3;
};

// Returns when the token is stopped (ok), or when going on would be wrong: the lease is lost, a
// newer leader has claimed the database, the configuration cannot be read.
Status run_program(const ProgramOptions& options, std::stop_token stop);

} // namespace pedigree::control
