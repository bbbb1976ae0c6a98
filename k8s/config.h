#pragma once
// How to reach an API server and as whom: from a kubeconfig (KUBECONFIG lists as kubectl merges
// them: the first file to name an entry wins) or from inside a pod. Paths are read here, so a
// Config is complete, but for token files, which rotate and are read again by the Client. Not
// supported and refused with words: insecure-skip-tls-verify, auth-provider.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace pedigree::k8s {

struct ExecPlugin {
    std::vector<std::string> command; // argv
    std::vector<std::pair<std::string, std::string>> environment;
    std::string api_version;
    std::string install_hint;
};

struct Config {
    std::string server;      // "https://host:port", maybe with a path
    std::string server_name; // tls-server-name; empty: the server's host
    std::string proxy_url;
    std::string ca_pem; // empty: the system's bundle
    std::string client_certificate_pem;
    Secret client_key_pem;
    Secret token;
    std::string token_file; // beats token
    std::string username;
    Secret password;
    std::string impersonate_user;
    std::vector<std::string> impersonate_groups;
    std::optional<ExecPlugin> exec;
    std::string default_namespace = "default";
};

struct ConfigSource {
    std::string kubeconfig;      // --kubeconfig: this one file, which must exist
    std::string kubeconfig_list; // $KUBECONFIG; empty: `home`/.kube/config
    std::string home;
    std::string context; // empty: current-context
};

// The source as kubectl takes it from the environment.
ConfigSource config_source_from_environment();

// InvalidInput naming file and field, NotFound when no file exists.
Result<Config> load_kubeconfig(const ConfigSource& source);

// From KUBERNETES_SERVICE_HOST and _PORT and the mounted service account. NotFound outside a pod.
Result<Config> load_in_cluster_config(
    const std::string& account_folder = "/var/run/secrets/kubernetes.io/serviceaccount");

// --kubeconfig or $KUBECONFIG if given, else in-cluster, else ~/.kube/config.
Result<Config> load_config(const ConfigSource& source);

} // namespace pedigree::k8s
