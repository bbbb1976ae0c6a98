#include "cli/app/cluster.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "cli/app/advice.h"
#include "k8s/client.h"
#include "k8s/config.h"

namespace pedigree::cli {

struct Connection::Parts {
    std::unique_ptr<k8s::Client> client;
    std::unique_ptr<AdvisedApi> api;
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
    const std::string name_space =
        options.name_space.empty() ? config.default_namespace : options.name_space;

    auto parts = std::make_unique<Parts>();
    k8s::ClientOptions client_options;
    client_options.stop = stop;
    client_options.user_agent = "pedigree/" PEDIGREE_VERSION;
    TRY(parts->client, k8s::Client::connect(std::move(config), client_options));
    k8s::Client& client = *parts->client;
    parts->api = std::make_unique<AdvisedApi>(client);
    parts->cluster = std::make_unique<Cluster>(Cluster{
        .api = *parts->api,
        .clock = parts->clock,
        .name_space = name_space,
        .fetch = [&client](const std::string& path) -> Result<std::string> {
            auto text = client.raw(path);
            return text ? std::move(text)
                        : tl::unexpected(advised_by_cluster(std::move(text).error()));
        },
        .stream = [&client](const std::string& path, const k8s::ByteSink& sink,
                            std::stop_token end) -> Status {
            auto status = client.stream(path, sink, end);
            return status ? std::move(status)
                          : tl::unexpected(advised_by_cluster(std::move(status).error()));
        },
        .try_create = [&client](const k8s::ResourceType& type, const Json& object) -> Result<Json> {
            const std::string path =
                type.path(k8s::key_of(object).name_space) + "?dryRun=All&fieldValidation=Strict";
            auto text = client.raw(path, "POST", json_text(object));
            return text ? parse_json(*text)
                        : tl::unexpected(advised_by_cluster(std::move(text).error()));
        },
        .stop = stop,
    });
    return std::unique_ptr<Connection>(new Connection(std::move(parts)));
}

} // namespace pedigree::cli
