#include "operator/program.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/pause.h"
#include "k8s/client.h"
#include "lineage/migrations.h"
#include "net/thread_name.h"
#include "operator/api/health_api.h"
#include "operator/api_servers.h"
#include "operator/inputs.h"
#include "operator/leadership.h"
#include "operator/samples.h"
#include "operator/start_up.h"
#include "operator/storage/migrations.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds sync_limit{30}; // then it is said, and waited for again
constexpr std::chrono::seconds samples_every{15};
constexpr std::size_t pool_connections = 6;

store::PoolOptions pool_options(const char* role) {
    store::PoolOptions options;
    options.connections_max = pool_connections;
    options.connect.role = role;
    options.connect.application_name = "pedigree-operator";
    return options;
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
    Readiness readiness;
    Inputs inputs;
    std::unique_ptr<k8s::Client> api, lease_api;
    OutsideLedger outside{metrics, readiness};
    Clocks clocks{machine_clock, metrics, readiness}; // for what is decided
    std::unique_ptr<ServingIdentity> identity;
    std::unique_ptr<store::Pool> pool, read_pool, sequencer_pool;
    k8s::WorkQueue queue;
    WorkerClient worker;
    std::unique_ptr<StoredMark> stored_mark;
    std::unique_ptr<Caches> caches;
    Sync<std::optional<Error>> ended; // why the process must end
    std::unique_ptr<Leadership> leadership;
    std::unique_ptr<ApiServers> apis;
    std::unique_ptr<net::HttpServer> probes, scrapes;
    std::jthread sampler;

    explicit Process(const ProgramOptions& given) : options(given), worker(given.worker_socket) {}

    Status serve_health();
    Status prepare();
    Status wait_for_others();
    Status serve_apis();
    void sample(std::stop_token ending);
    LeaderParts leader_parts();
    void give_up(Error error);
};

void Process::give_up(Error error) {
    log_error("giving up", {{"error", error.message}});
    auto held = ended.lock();
    if (!*held) {
        *held = std::move(error);
    }
    stop.request_stop();
}

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
    TRY(inputs, read_inputs(options));
    const auto count = [this](const std::string& method, int status) {
        metrics.add(Metric::ApiRequests,
                    {status == 0 ? "<error>" : std::to_string(status), method});
    };
    TRY(api, k8s::Client::connect(inputs.cluster, {.stop = stop.get_token(), .answered = count}));
    TRY(lease_api, k8s::Client::connect(inputs.cluster, {.call_timeout = std::chrono::seconds(5),
                                                         .answered = count}));
    const Secret& url = inputs.database_url;
    pool = std::make_unique<store::Pool>(url, pool_options("pedigree_writer"));
    read_pool = std::make_unique<store::Pool>(url, pool_options("pedigree_writer"));
    sequencer_pool = std::make_unique<store::Pool>(url, pool_options("pedigree_sequencer"));
    identity = std::make_unique<ServingIdentity>(
        *api, IdentityPlace{options.name_space, options.service_name}, machine_clock);
    caches = std::make_unique<Caches>(*api, queue, [this](const k8s::Object& object) {
        queue.add(k8s::key_of(*object), k8s::Priority::Urgent);
    });
    stored_mark = std::make_unique<StoredMark>(StoredMarkParts{
        .worker = worker,
        .platform = inputs.configuration.effective(""),
        .credentials = {options.registry_directory, options.artifact_store_directory},
        .readiness = readiness});
    leadership = std::make_unique<Leadership>(
        LeadershipParts{.options = options,
                        .lease_api = *lease_api,
                        .machine_clock = machine_clock,
                        .pool = *pool,
                        .clocks = clocks,
                        .outside = outside,
                        .stored_mark = *stored_mark,
                        .readiness = readiness,
                        .migrate = [this] { return migrate(inputs.database_url); },
                        .leader_parts = [this] { return leader_parts(); },
                        .give_up = [this](Error error) { give_up(std::move(error)); }});
    return {};
}

// The order is that of need: nothing is told to the API server before the database can hold it.
Status Process::wait_for_others() {
    const auto token = stop.get_token();
    TRY(wait_until_there({"PostgreSQL", [this] { return migrate(inputs.database_url); }}, readiness,
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

Status Process::serve_apis() {
    TRY(apis, ApiServers::start({.options = options,
                                 .api = *api,
                                 .pool = *pool,
                                 .read_pool = *read_pool,
                                 .worker = worker,
                                 .configuration = inputs.configuration,
                                 .clock = clocks.own(),
                                 .identity = *identity,
                                 .activity_progress = [this](const std::string& uid) {
                                     return leadership->activity_progress(uid);
                                 }}));
    readiness.serves();
    return {};
}

void Process::sample(std::stop_token ending) {
    net::name_this_thread("samples");
    do {
        take_samples({metrics, queue, *caches, *pool, *sequencer_pool, leadership->leads()});
        const auto time = database_time(*pool);
        clocks.look(time ? std::optional(time->now) : std::nullopt);
    } while (pause_for(samples_every, ending));
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
            .database_url = inputs.database_url,
            .worker = worker,
            .clock = clocks.own(),
            .configuration = inputs.configuration,
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

Status run_program(const ProgramOptions& options, std::stop_token stop) {
    Process process(options);
    const std::stop_callback forward(stop, [&] { process.stop.request_stop(); });
    TRY(process.serve_health());
    TRY(process.prepare());
    if (const Status there = process.wait_for_others(); !there) {
        return stop.stop_requested() ? Status() : there;
    }
    TRY(process.serve_apis());
    process.sampler =
        std::jthread([&](std::stop_token ending) { process.sample(std::move(ending)); });
    TRY(process.leadership->hold(process.stop.get_token()));
    process.sampler = std::jthread(); // stops and joins
    process.apis->stop();
    process.scrapes->stop();
    process.probes->stop();
    const auto why = *process.ended.lock();
    return why ? Status(tl::unexpected<Error>(*why)) : Status();
}

} // namespace pedigree::control
