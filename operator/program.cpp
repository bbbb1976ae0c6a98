#include "operator/program.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/pause.h"
#include "k8s/client.h"
#include "k8s/lease.h"
#include "lineage/migrations.h"
#include "operator/api/event_api.h"
#include "operator/api/health_api.h"
#include "operator/api/identity_store.h"
#include "operator/api/read_api.h"
#include "operator/leader.h"
#include "operator/reconcile/caches.h"
#include "operator/storage/migrations.h"
#include "store/epoch.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::minutes sync_limit{2};
constexpr std::size_t pool_connections = 6;
constexpr const char* lease_name = "pedigree-operator";

Result<k8s::Config> cluster_config(const ProgramOptions& options) {
    k8s::ConfigSource source = k8s::config_source_from_environment();
    source.kubeconfig = options.kubeconfig;
    return k8s::load_config(source);
}

store::PoolOptions pool_options(const char* role) {
    store::PoolOptions options;
    options.connections_max = pool_connections;
    options.connect.role = role;
    options.connect.application_name = "pedigree-operator";
    return options;
}

Result<Secret> read_database_url(const ProgramOptions& options) {
    TRY(std::string text, read_file(options.database_url_file));
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    Secret url(std::move(text));
    redact_in_logs(url);
    return url;
}

Result<spec::Configuration> read_configuration(const ProgramOptions& options) {
    TRY(const std::string text, read_file(options.configuration_file));
    TRY(const Json document, parse_json(text));
    auto configuration = spec::Configuration::parse(document);
    if (!configuration) {
        return tl::unexpected<Error>(
            Error(configuration.error()).within(options.configuration_file));
    }
    return configuration;
}

// The database may still be starting, or be away for a while: that is waited for, anything else
// not.
Status migrate_when_reachable(const Secret& url, std::stop_token stop) {
    Backoff backoff(
        {.first = std::chrono::milliseconds(500), .ceiling = std::chrono::milliseconds(10000)});
    for (;;) {
        const auto applied =
            store::migrate(url, {store::migrations(), lineage::migrations(), migrations()});
        if (applied) {
            log_info("database schema is current", {{"migrations", std::to_string(*applied)}});
            return {};
        }
        if (!applied.error().retryable() || stop.stop_requested()) {
            return tl::unexpected<Error>(Error(applied.error()).within("migrating the database"));
        }
        log_warning("the database is away; waiting", {{"error", applied.error().message}});
        pause_for(backoff.next(random_unit()), stop);
    }
}

} // namespace

// The parts of the process in the order in which they are made, and so unmade in reverse.
struct Process {
    const ProgramOptions& options;
    std::stop_source stop;
    SystemClock clock;
    Metrics metrics;
    spec::Configuration configuration;
    Secret database_url;
    std::unique_ptr<k8s::Client> api, lease_api;
    ServerIdentity identity;
    FrontProxy proxy;
    std::unique_ptr<store::Pool> pool, sequencer_pool;
    k8s::WorkQueue queue;
    WorkerClient worker;
    std::unique_ptr<Caches> caches;
    Sync<std::unique_ptr<Leader>> leader;
    Sync<std::optional<Error>> ended; // why the process must end
    std::unique_ptr<ReadApi> read_api;
    std::unique_ptr<EventApi> event_api;
    std::unique_ptr<HealthApi> health_api;
    std::vector<std::unique_ptr<net::HttpServer>> servers;

    explicit Process(const ProgramOptions& given) : options(given), worker(given.worker_socket) {}

    void give_up(Error error) {
        log_error("giving up", {{"error", error.message}});
        auto held = ended.lock();
        if (!*held) {
            *held = std::move(error);
        }
        stop.request_stop();
    }

    Status prepare();
    Status serve_health();
    Status serve_apis();
    Status lead();
    Status ready();
    LeaderParts leader_parts();
};

Status Process::prepare() {
    TRY(configuration, read_configuration(options));
    TRY(database_url, read_database_url(options));
    TRY(const auto config, cluster_config(options));
    TRY(api, k8s::Client::connect(config, {.stop = stop.get_token()}));
    TRY(lease_api, k8s::Client::connect(config, {.call_timeout = std::chrono::seconds(5)}));
    TRY(migrate_when_reachable(database_url, stop.get_token()));
    pool = std::make_unique<store::Pool>(database_url, pool_options("pedigree_writer"));
    sequencer_pool =
        std::make_unique<store::Pool>(database_url, pool_options("pedigree_sequencer"));
    TRY(identity, obtain_identity(*api, {options.name_space, options.service_name}, clock.now()));
    TRY(publish_ca(*api, identity.ca_pem));
    TRY(proxy, front_proxy(*api));
    caches = std::make_unique<Caches>(*api, queue, [this](const k8s::Object& object) {
        queue.add(k8s::key_of(*object), k8s::Priority::Urgent);
    });
    caches->start();
    return caches->wait_until_synced(sync_limit, stop.get_token());
}

Status Process::ready() {
    if (!caches) {
        return failure(ErrorCode::Unavailable, "starting");
    }
    TRY(auto transaction, pool->begin({.access = store::Access::ReadOnly}));
    TRY(transaction.query("SELECT 1"));
    return {};
}

Status Process::serve_health() {
    health_api = std::make_unique<HealthApi>(HealthApiParts{
        .healthy = [] { return Status(); },
        .ready =
            [this] {
                return servers.size() < 3 ? Status(failure(ErrorCode::Unavailable, "starting"))
                                          : ready();
            },
        .refresh =
            [this](Metrics& all) {
                const auto depth = queue.depth();
                all.set("pedigree_workqueue_depth", static_cast<double>(depth.ready));
                all.set("pedigree_workqueue_waiting", static_cast<double>(depth.waiting));
                all.set("pedigree_leader", *leader.lock() ? 1 : 0);
                all.set("pedigree_build_info{version=\"" PEDIGREE_VERSION "\"}", 1);
            },
        .metrics = metrics});
    TRY(auto server,
        net::HttpServer::start(
            {.address = options.address, .port = options.health_port, .handler_threads = 1},
            [this](net::Exchange& exchange) { health_api->handle(exchange); }));
    servers.push_back(std::move(server));
    return {};
}

Status Process::serve_apis() {
    const PlatformCredentials credentials{options.registry_directory,
                                          options.artifact_store_directory};
    read_api = std::make_unique<ReadApi>(
        ReadApiParts{.pool = *pool,
                     .worker = worker,
                     .configuration = configuration,
                     .credentials = credentials,
                     .allowed_proxies = proxy.allowed_names,
                     .artifact_prefix =
                         [this](const std::string& name_space) {
                             return configuration.effective(name_space).artifact_store.prefix;
                         },
                     .activity_progress =
                         [this](const std::string& uid) {
                             auto held = leader.lock();
                             return *held ? (*held)->activity_progress(uid) : std::string();
                         }});
    event_api = std::make_unique<EventApi>(EventApiParts{*api, *pool, clock});
    const auto serve = [&](std::uint16_t port, std::string client_ca, net::Handler handler) {
        return net::HttpServer::start(
            {.address = options.address,
             .port = port,
             .tls =
                 net::ServerTls{identity.certificate_pem, identity.key_pem, std::move(client_ca)}},
            std::move(handler));
    };
    TRY(auto reads, serve(options.read_port, proxy.client_ca_pem,
                          [this](net::Exchange& exchange) { read_api->handle(exchange); }));
    servers.push_back(std::move(reads));
    TRY(auto events, serve(options.event_port, "",
                           [this](net::Exchange& exchange) { event_api->handle(exchange); }));
    servers.push_back(std::move(events));
    return {};
}

LeaderParts Process::leader_parts() {
    std::string url = options.operator_url;
    if (url.empty()) {
        url = fmt::format("https://{}.{}.svc:{}", options.service_name, options.name_space,
                          options.event_port);
    }
    return {.api = *api,
            .caches = *caches,
            .queue = queue,
            .pool = *pool,
            .sequencer_pool = *sequencer_pool,
            .database_url = database_url,
            .worker = worker,
            .clock = clock,
            .configuration = configuration,
            .credentials = {options.registry_directory, options.artifact_store_directory},
            .metrics = metrics,
            .build = "pedigree/" PEDIGREE_VERSION,
            .operator_url = std::move(url),
            .operator_ca_pem = identity.ca_pem,
            .reconcile_threads = options.reconcile_threads,
            .activity_threads = options.activity_threads,
            .give_up = [this](Error error) { give_up(std::move(error)); }};
}

Status Process::lead() {
    const k8s::LeaseOptions lease{.lease = {options.name_space, lease_name},
                                  .identity = options.pod_name + "_" + random_uuid()};
    TRY(k8s::LeaseElector::check(lease));
    k8s::LeaseElector elector(*lease_api, clock, lease);
    const auto acquired = [this] {
        const auto epoch = store::claim_epoch(*pool, options.pod_name);
        if (!epoch) {
            give_up(Error(epoch.error()).within("claiming the leader's epoch"));
            return;
        }
        auto started = Leader::start(leader_parts(), *epoch);
        if (!started) {
            give_up(Error(started.error()).within("starting to lead"));
            return;
        }
        log_info("leading", {{"epoch", std::to_string(epoch->number)}});
        *leader.lock() = std::move(*started);
    };
    const auto lost = [this] { give_up(Error(ErrorCode::Conflict, "the leader's lease is lost")); };
    k8s::hold_lease(elector, lease, {.acquired = acquired, .lost = lost, .holder_changed = {}},
                    stop.get_token());
    // Work ends before the lease is given back, so that a successor never works beside us.
    std::unique_ptr<Leader> retired = std::move(*leader.lock());
    retired.reset();
    if (elector.held(std::chrono::steady_clock::now())) {
        if (const Status released = elector.release(); !released) {
            log_warning("the lease was not given back", {{"error", released.error().message}});
        }
    }
    return {};
}

Status run_program(const ProgramOptions& options, std::stop_token stop) {
    Process process(options);
    const std::stop_callback forward(stop, [&] { process.stop.request_stop(); });
    TRY(process.serve_health());
    TRY(process.prepare());
    TRY(process.serve_apis());
    TRY(process.lead());
    for (auto& server : process.servers) {
        server->stop();
    }
    const auto why = *process.ended.lock();
    return why ? Status(tl::unexpected<Error>(*why)) : Status();
}

} // namespace pedigree::control
