#include "cli/app/cluster.h"

#include "k8s/client.h"
#include "k8s/config.h"

namespace pedigree::cli {

struct Connection::Parts {
    std::unique_ptr<k8s::Client> client;
    SystemClock clock;
    std::unique_ptr<Cluster> cluster;
};

Connection::Connection(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Connection::~Connection() = default;

const Cluster& Connection::cluster() const {
    return *parts_->cluster;
}

Result<std::unique_ptr<Connection>> Connection::open(const ClusterOptions& options,
                                                     std::stop_token stop) {
    k8s::ConfigSource source = k8s::config_source_from_environment();
    source.kubeconfig = options.kubeconfig;
    source.context = options.context;
    TRY(k8s::Config config, k8s::load_config(source));
    const std::string in_namespace =
        options.in_namespace.empty() ? config.default_namespace : options.in_namespace;

    auto parts = std::make_unique<Parts>();
    k8s::ClientOptions client_options;
    client_options.stop = stop;
    client_options.user_agent = "pedigree/" PEDIGREE_VERSION;
    TRY(parts->client, k8s::Client::connect(std::move(config), client_options));
    k8s::Client& client = *parts->client;
    parts->cluster = std::make_unique<Cluster>(Cluster{
        .api = client,
        .clock = parts->clock,
        .in_namespace = in_namespace,
        .fetch = [&client](const std::string& path) { return client.raw(path); },
        .stream = [&client](const std::string& path, const k8s::ByteSink& sink,
                            std::stop_token end) { return client.stream(path, sink, end); },
        .stop = stop,
    });
    return std::unique_ptr<Connection>(new Connection(std::move(parts)));
}

} // namespace pedigree::cli
