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
#include "net/thread_name.h"
#include "operator/api/event_api.h"
#include "operator/api/health_api.h"
#include "operator/api/read_api.h"
#include "operator/api/readiness.h"
#include "operator/api/serving_identity.h"
#include "operator/clocks.h"
#include "operator/leader.h"
#include "operator/ledger_mark.h"
#include "operator/outside_ledger.h"
#include "operator/reconcile/caches.h"
#include "operator/samples.h"
#include "operator/start_up.h"
#include "operator/storage/migrations.h"
#include "store/epoch.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds sync_limit{30}; // then it is said, and waited for again
constexpr std::chrono::seconds identity_look_every{60};
constexpr std::chrono::seconds samples_every{15};
constexpr std::size_t event_connections_per_peer_max = 32; // a pod's recorder has one
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

Status migrate(const Secret& url) {
    TRY(const auto applied,
        store::migrate(url, {store::migrations(), lineage::migrations(), migrations()}));
    log_info("database schema is current", {{"migrations", std::to_string(applied)}});
    return {};
}

} // namespace

// The parts of the process in the order in which they are made, and so unmade in reverse.
struct Process {
    const ProgramOptions& options;
    std::stop_source stop;
    SystemClock machine_clock; // for what others read or check: certificates, the Lease
    Metrics metrics;
    spec::Configuration configuration;
    Secret database_url;
    std::unique_ptr<k8s::Client> api, lease_api;
    Readiness readiness;
    OutsideLedger outside{metrics, readiness};
    Clocks clocks{machine_clock, metrics, readiness}; // for what is decided
    std::unique_ptr<ServingIdentity> identity;
    std::unique_ptr<store::Pool> pool, read_pool, sequencer_pool;
    k8s::WorkQueue queue;
    WorkerClient worker;
    std::unique_ptr<Caches> caches;
    Sync<std::unique_ptr<Leader>> leader;
    Sync<std::optional<Error>> ended; // why the process must end
    std::unique_ptr<ReadApi> read_api;
    std::unique_ptr<EventApi> event_api;
    std::unique_ptr<net::HttpServer> probes, scrapes, reads, events;
    std::vector<std::jthread> keepers; // identity, samples

    explicit Process(const ProgramOptions& given) : options(given), worker(given.worker_socket) {}

    void give_up(Error error) {
        log_error("giving up", {{"error", error.message}});
        auto held = ended.lock();
        if (!*held) {
            *held = std::move(error);
        }
        stop.request_stop();
    }

    Status serve_health();
    Status prepare();
    Status wait_for_others();
    Status serve_apis();
    void keep();
    Status lead();
    void begin_to_lead(const k8s::LeaseAnnotations& left, std::stop_token over);
    Status take_lead(const k8s::LeaseAnnotations& left);
    net::ServerTls read_tls() const;
    net::ServerTls event_tls() const;
    void keep_identity(std::stop_token ending);
    LeaderParts leader_parts();
};

Status Process::serve_health() {
    TRY(probes, net::HttpServer::start(
                    {.address = options.address, .port = options.health_port, .handler_threads = 1},
                    [this](net::Exchange& exchange) { answer_probe(exchange, readiness); }));
    TRY(scrapes,
        net::HttpServer::start(
            {.address = options.address, .port = options.metrics_port, .handler_threads = 1},
            [this](net::Exchange& exchange) { answer_scrape(exchange, metrics); }));
    return {};
}

Status Process::prepare() {
    TRY(configuration, read_configuration(options));
    TRY(database_url, read_database_url(options));
    TRY(const auto config, cluster_config(options));
    const auto count = [this](const std::string& method, int status) {
        metrics.add(Metric::ApiRequests,
                    {status == 0 ? "<error>" : std::to_string(status), method});
    };
    TRY(api, k8s::Client::connect(config, {.stop = stop.get_token(), .answered = count}));
    TRY(lease_api,
        k8s::Client::connect(config, {.call_timeout = std::chrono::seconds(5), .answered = count}));
    pool = std::make_unique<store::Pool>(database_url, pool_options("pedigree_writer"));
    read_pool = std::make_unique<store::Pool>(database_url, pool_options("pedigree_writer"));
    sequencer_pool =
        std::make_unique<store::Pool>(database_url, pool_options("pedigree_sequencer"));
    identity = std::make_unique<ServingIdentity>(
        *api, IdentityPlace{options.name_space, options.service_name}, machine_clock);
    caches = std::make_unique<Caches>(*api, queue, [this](const k8s::Object& object) {
        queue.add(k8s::key_of(*object), k8s::Priority::Urgent);
    });
    return {};
}

// The order is that of need: nothing is told to the API server before the database can hold it.
Status Process::wait_for_others() {
    const auto token = stop.get_token();
    TRY(wait_until_there({"PostgreSQL", [this] { return migrate(database_url); }}, readiness,
                         token));
    // An API server that starts, or one whose rights are still being set up, refuses in any way.
    const auto any = [](const Error&) { return true; };
    const auto look = [this] { return identity->look().map([](const auto&) {}); };
    TRY(wait_until_there({"the API server", look, any}, readiness, token));
    caches->start();
    TRY(wait_until_there(
        {"the caches", [&] { return caches->wait_until_synced(sync_limit, token); }, any},
        readiness, token));
    return wait_until_there({"the worker", [this] { return worker.reach(); }}, readiness, token);
}

net::ServerTls Process::read_tls() const {
    const auto served = identity->now();
    return {served->identity.certificate_pem, served->identity.key_pem,
            served->proxy.client_ca_pem};
}

net::ServerTls Process::event_tls() const {
    const auto served = identity->now();
    return {served->identity.certificate_pem, served->identity.key_pem, ""};
}

Status Process::serve_apis() {
    const PlatformCredentials credentials{options.registry_directory,
                                          options.artifact_store_directory};
    read_api = std::make_unique<ReadApi>(
        ReadApiParts{.pool = *read_pool,
                     .worker = worker,
                     .configuration = configuration,
                     .credentials = credentials,
                     .allowed_proxies = [this] { return identity->now()->proxy.allowed_names; },
                     .activity_progress =
                         [this](const std::string& uid) {
                             auto held = leader.lock();
                             return *held ? (*held)->activity_progress(uid) : std::string();
                         }});
    event_api = std::make_unique<EventApi>(EventApiParts{*api, *pool, clocks.own()});
    TRY(reads,
        net::HttpServer::start({.address = options.address,
                                .port = options.read_port,
                                .tls = read_tls(),
                                .handler_threads = read_handlers},
                               [this](net::Exchange& exchange) { read_api->handle(exchange); }));
    // Any pod may connect here: a handler is only lent to who has said all that it wants to say.
    TRY(events,
        net::HttpServer::start({.address = options.address,
                                .port = options.event_port,
                                .tls = event_tls(),
                                .connections_per_peer_max = event_connections_per_peer_max,
                                .body_bytes_max = event_body_bytes_max,
                                .preload_bytes_max = event_body_bytes_max},
                               [this](net::Exchange& exchange) { event_api->handle(exchange); }));
    readiness.serves();
    return {};
}

void Process::keep_identity(std::stop_token ending) {
    net::name_this_thread("identity");
    while (pause_for(identity_look_every, ending)) {
        const auto changed = identity->look();
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
             {reads->reload_tls(read_tls()), events->reload_tls(event_tls())}) {
            if (!reloaded) {
                log_error("the new certificate or CA is not usable; the old one is served",
                          {{"error", reloaded.error().message}});
            }
        }
    }
}

void Process::keep() {
    keepers.emplace_back([this](std::stop_token ending) { keep_identity(std::move(ending)); });
    keepers.emplace_back([this](std::stop_token ending) {
        net::name_this_thread("samples");
        do {
            take_samples(
                {metrics, queue, *caches, *pool, *sequencer_pool, *leader.lock() != nullptr});
            const auto time = database_time(*pool);
            clocks.look(time ? std::optional(time->now) : std::nullopt);
        } while (pause_for(samples_every, ending));
    });
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
            .clock = clocks.own(),
            .configuration = configuration,
            .credentials = {options.registry_directory, options.artifact_store_directory},
            .metrics = metrics,
            .build = "pedigree/" PEDIGREE_VERSION,
            .operator_url = std::move(url),
            .operator_ca_pem = [this] { return identity->now()->identity.ca_pem; },
            .reconcile_threads = options.reconcile_threads,
            .activity_threads = options.activity_threads,
            .give_up = [this](Error error) { give_up(std::move(error)); },
            .numbered = {}};
}

// `left`: what the Lease's last holder wrote on it.
Status Process::take_lead(const k8s::LeaseAnnotations& left) {
    TRY(migrate(database_url)); // a new database may stand where the old one was
    TRY(const TakenOver taken, take_over(*pool, outside.read(left), options.pod_name));
    if (!taken.behind.empty()) {
        outside.say_behind(taken.behind, taken.missing);
    }
    TRY(const DatabaseTime time, database_time(*pool));
    clocks.begin(time);
    LeaderParts parts = leader_parts();
    parts.numbered = [this, number = taken.epoch.number](const lineage::LedgerHead& head) {
        outside.moved({number, head.size, head.root});
    };
    outside.moved(taken.mark);
    TRY(auto started, Leader::start(std::move(parts), taken.epoch));
    log_info("leading", {{"epoch", std::to_string(taken.epoch.number)},
                         {"entries", std::to_string(taken.mark.size)}});
    *leader.lock() = std::move(started);
    return {};
}

// A thread of its own, so that the lease is renewed while a database that is away is waited for.
void Process::begin_to_lead(const k8s::LeaseAnnotations& left, std::stop_token over) {
    net::name_this_thread("lead");
    const Status begun = wait_until_there(
        {.what = "PostgreSQL, to lead",
         .action = [&] { return take_lead(left); },
         .passing = [](const Error& error) { return error.reason != store::stale_epoch_reason; },
         .meanwhile = Meanwhile::Noted},
        readiness, over);
    if (!begun && !over.stop_requested()) {
        give_up(Error(begun.error()).within("starting to lead"));
    }
}

Status Process::lead() {
    const k8s::LeaseOptions lease{
        .lease = {options.name_space, lease_name},
        .identity = options.pod_name + "_" + random_uuid(),
        .annotations = [this](const auto& seen) { return outside.annotations(seen); }};
    TRY(k8s::LeaseElector::check(lease));
    k8s::LeaseElector elector(*lease_api, machine_clock, lease);
    std::jthread beginner;
    const auto acquired = [&] {
        beginner = std::jthread([this, left = elector.annotations()](std::stop_token over) {
            begin_to_lead(left, std::move(over));
        });
    };
    const auto lost = [this] { give_up(Error(ErrorCode::Conflict, "the leader's lease is lost")); };
    k8s::hold_lease(elector, lease, {.acquired = acquired, .lost = lost, .holder_changed = {}},
                    stop.get_token());
    beginner = std::jthread(); // stops and joins
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
    if (const Status there = process.wait_for_others(); !there) {
        return stop.stop_requested() ? Status() : there;
    }
    TRY(process.serve_apis());
    process.keep();
    TRY(process.lead());
    process.keepers.clear(); // stops and joins
    for (const auto* server :
         {&process.reads, &process.events, &process.scrapes, &process.probes}) {
        (*server)->stop();
    }
    const auto why = *process.ended.lock();
    return why ? Status(tl::unexpected<Error>(*why)) : Status();
}

} // namespace pedigree::control
