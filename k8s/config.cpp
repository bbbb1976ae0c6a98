#include "k8s/config.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/environment.h"
#include "base/file.h"
#include "k8s/kubeconfig_file.h"

namespace pedigree::k8s {
namespace {

constexpr std::size_t credential_bytes_max = 1024 * 1024;

// The files of the list that exist, each once, in order.
Result<std::vector<KubeconfigFile>> read_files(const ConfigSource& source) {
    std::vector<KubeconfigFile> files;
    if (!source.kubeconfig.empty()) {
        TRY(auto file, read_kubeconfig(source.kubeconfig));
        files.push_back(std::move(file));
        return files;
    }
    std::string list = source.kubeconfig_list;
    if (list.empty()) {
        list = source.home + "/.kube/config";
    }
    std::vector<std::string> seen;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(':', begin), list.size());
        const std::string path = list.substr(begin, end - begin);
        begin = end + 1;
        if (path.empty() || std::find(seen.begin(), seen.end(), path) != seen.end()) {
            continue;
        }
        seen.push_back(path);
        auto file = read_kubeconfig(path);
        if (file) {
            files.push_back(*std::move(file));
        } else if (file.error().code != ErrorCode::NotFound) {
            return tl::unexpected<Error>(std::move(file).error());
        }
    }
    if (files.empty()) {
        return failure(
            ErrorCode::NotFound,
            fmt::format("no kubeconfig at {}; set KUBECONFIG or give --kubeconfig", list));
    }
    return files;
}

// The first file that names the entry wins, as a whole.
const KubeconfigEntry* find_entry(const std::vector<KubeconfigFile>& files, EntryKind kind,
                                  const std::string& name) {
    for (const auto& file : files) {
        const auto& entries = file.entries.at(kind);
        if (const auto found = entries.find(name); found != entries.end()) {
            return &found->second;
        }
    }
    return nullptr;
}

// `<field>-data` beats the path in `<field>`.
Result<std::string> data_or_file(const KubeconfigEntry& entry, const std::string& field) {
    if (const std::string data = entry.text(field + "-data"); !data.empty()) {
        auto decoded = from_base64(data);
        if (!decoded) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}-data in {} is not base64", field, entry.origin()));
        }
        return decoded;
    }
    const std::string path = entry.path(field);
    return path.empty() ? Result<std::string>("") : read_file(path, credential_bytes_max);
}

Status take_cluster(const KubeconfigEntry& cluster, Config& config) {
    config.server = cluster.text("server");
    config.server_name = cluster.text("tls-server-name");
    config.proxy_url = cluster.text("proxy-url");
    if (config.server.empty()) {
        return failure(ErrorCode::InvalidInput, fmt::format("{} has no server", cluster.origin()));
    }
    if (cluster.text("insecure-skip-tls-verify") == "true") {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} asks for insecure-skip-tls-verify, which is not supported; "
                                   "give certificate-authority instead",
                                   cluster.origin()));
    }
    TRY(config.ca_pem, data_or_file(cluster, "certificate-authority"));
    return {};
}

Status take_user(const KubeconfigEntry& user, Config& config) {
    if (user.has("auth-provider")) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} uses auth-provider, which Kubernetes has removed; use exec",
                                   user.origin()));
    }
    TRY(config.client_certificate_pem, data_or_file(user, "client-certificate"));
    TRY(auto key, data_or_file(user, "client-key"));
    config.client_key_pem = Secret(std::move(key));
    if (config.client_certificate_pem.empty() != config.client_key_pem.empty()) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} needs client-certificate and client-key together", user.origin()));
    }
    config.token = Secret(user.text("token"));
    config.token_file = user.path("tokenFile");
    config.username = user.text("username");
    config.password = Secret(user.text("password"));
    config.impersonate_user = user.text("as");
    config.impersonate_groups = user.list("as-groups");
    config.exec = user.exec();
    return {};
}

} // namespace

ConfigSource config_source_from_environment() {
    return {"", environment_variable("KUBECONFIG"), environment_variable("HOME"), ""};
}

Result<Config> load_kubeconfig(const ConfigSource& source) {
    TRY(const auto files, read_files(source));
    std::string context_name = source.context;
    for (const auto& file : files) {
        if (context_name.empty()) {
            context_name = file.current_context;
        }
    }
    if (context_name.empty()) {
        return failure(ErrorCode::InvalidInput,
                       "the kubeconfig has no current-context; choose one with --context");
    }
    const auto* context = find_entry(files, EntryKind::Context, context_name);
    if (context == nullptr) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("the kubeconfig has no context {}", context_name));
    }
    Config config;
    const std::string cluster_name = context->text("cluster");
    const auto* cluster = find_entry(files, EntryKind::Cluster, cluster_name);
    if (cluster == nullptr) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("context {} names cluster \"{}\", which "
                                   "no kubeconfig has",
                                   context_name, cluster_name));
    }
    TRY(take_cluster(*cluster, config));
    if (const std::string user_name = context->text("user"); !user_name.empty()) {
        const auto* user = find_entry(files, EntryKind::User, user_name);
        if (user == nullptr) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("context {} names user \"{}\", which no kubeconfig has",
                                       context_name, user_name));
        }
        TRY(take_user(*user, config));
    }
    if (const std::string name = context->text("namespace"); !name.empty()) {
        config.default_namespace = name;
    }
    return config;
}

Result<Config> load_in_cluster_config(const std::string& account_folder) {
    const std::string host = environment_variable("KUBERNETES_SERVICE_HOST");
    const std::string port = environment_variable("KUBERNETES_SERVICE_PORT");
    if (host.empty() || port.empty()) {
        return failure(ErrorCode::NotFound, "not inside a pod: KUBERNETES_SERVICE_HOST is not set");
    }
    Config config;
    config.server = host.find(':') == std::string::npos
                        ? fmt::format("https://{}:{}", host, port)
                        : fmt::format("https://[{}]:{}", host, port);
    config.token_file = account_folder + "/token";
    TRY(config.ca_pem, read_file(account_folder + "/ca.crt", credential_bytes_max));
    if (const auto name = read_file(account_folder + "/namespace", 256); name && !name->empty()) {
        config.default_namespace = *name;
    }
    return config;
}

Result<Config> load_config(const ConfigSource& source) {
    if (source.kubeconfig.empty() && source.kubeconfig_list.empty()) {
        auto in_cluster = load_in_cluster_config();
        if (in_cluster || in_cluster.error().code != ErrorCode::NotFound) {
            return in_cluster;
        }
    }
    return load_kubeconfig(source);
}

} // namespace pedigree::k8s
