#include "operator/api_servers.h"

#include "base/log.h"
#include "base/pause.h"
#include "net/thread_name.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds identity_look_every{60};
constexpr std::size_t event_connections_per_peer_max = 32; // a pod's recorder has one

ReadApiParts read_parts(const ApiServersParts& parts) {
    return {
        .pool = parts.read_pool,
        .worker = parts.worker,
        .configuration = parts.configuration,
        .credentials = {parts.options.registry_directory, parts.options.artifact_store_directory},
        .allowed_proxies = [&identity =
                                parts.identity] { return identity.now()->proxy.allowed_names; },
        .activity_progress = parts.activity_progress};
}

} // namespace

ApiServers::ApiServers(const ApiServersParts& parts)
    : identity_(parts.identity), read_api_(read_parts(parts)),
      event_api_(EventApiParts{parts.api, parts.pool, parts.clock}) {}

Result<std::unique_ptr<ApiServers>> ApiServers::start(const ApiServersParts& parts) {
    std::unique_ptr<ApiServers> servers(new ApiServers(parts));
    TRY(servers->listen(parts.options));
    servers->keeper_ = std::jthread(
        [each = servers.get()](std::stop_token ending) { each->keep_identity(std::move(ending)); });
    return servers;
}

Status ApiServers::listen(const ProgramOptions& options) {
    TRY(reads_,
        net::HttpServer::start({.address = options.address,
                                .port = options.read_port,
                                .tls = read_tls(),
                                .handler_threads = read_handlers},
                               [this](net::Exchange& exchange) { read_api_.handle(exchange); }));
    // Any pod may connect here: a handler is only lent to who has said all that it wants to say.
    TRY(events_,
        net::HttpServer::start({.address = options.address,
                                .port = options.event_port,
                                .tls = event_tls(),
                                .connections_per_peer_max = event_connections_per_peer_max,
                                .body_bytes_max = event_body_bytes_max,
                                .preload_bytes_max = event_body_bytes_max},
                               [this](net::Exchange& exchange) { event_api_.handle(exchange); }));
    return {};
}

void ApiServers::stop() {
    keeper_ = std::jthread(); // stops and joins
    reads_->stop();
    events_->stop();
}

net::ServerTls ApiServers::read_tls() const {
    const auto served = identity_.now();
    return {served->identity.certificate_pem, served->identity.key_pem,
            served->proxy.client_ca_pem};
}

net::ServerTls ApiServers::event_tls() const {
    const auto served = identity_.now();
    return {served->identity.certificate_pem, served->identity.key_pem, ""};
}

void ApiServers::keep_identity(std::stop_token ending) {
    net::name_this_thread("identity");
    while (pause_for(identity_look_every, ending)) {
        const auto changed = identity_.look();
        if (!changed) {
            log_warning("the operator's certificate and the front proxy's CA could not be read",
                        {{"error", changed.error().message}});
            continue;
        }
        if (!*changed) {
            continue;
        }
        log_info("the operator's certificate or the front proxy's CA has changed");
        for (const Status& reloaded :
             {reads_->reload_tls(read_tls()), events_->reload_tls(event_tls())}) {
            if (!reloaded) {
                log_error("the new certificate or CA is not usable; the old one is served",
                          {{"error", reloaded.error().message}});
            }
        }
    }
}

} // namespace pedigree::control
