#include "recorder/record.h"

#include <optional>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/stop_signals.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/thread_name.h"
#include "recorder/conclude.h"
#include "recorder/ending.h"
#include "recorder/endpoint.h"
#include "recorder/event_sender.h"
#include "recorder/followers.h"
#include "recorder/log_shipper.h"
#include "recorder/store.h"
#include "trackers/mlflow/context.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto exit_look_every = 250ms;
constexpr auto ship_every = 1000ms;
constexpr auto tell_every = 2000ms;
constexpr auto tell_of_trial_every = 1000ms; // early stopping judges by the news
constexpr std::uint64_t upload_bytes_max = 1ULL << 40;
constexpr unsigned handler_threads = 8;

enum class End { CommandEnded, Terminated };

End wait_for_the_end(const Places& places, std::stop_token stop) {
    while (pause_for(exit_look_every, stop)) {
        const auto report = read_report(places);
        if (report && report->exit_code >= 0) {
            return End::CommandEnded;
        }
    }
    return End::Terminated;
}

std::map<std::string, std::string> run_tags(const Settings& settings) {
    std::map<std::string, std::string> tags = settings.config.mlflow->tags;
    tags[trackers::mlflow::tag_experiment] = settings.config.experiment_uid;
    tags[trackers::mlflow::tag_attempt] = settings.pod_uid;
    tags[trackers::mlflow::tag_trial] = std::to_string(settings.config.trial);
    if (!settings.config.mlflow->parent_run_id.empty()) {
        tags[trackers::mlflow::tag_parent] = settings.config.mlflow->parent_run_id;
    }
    return tags;
}

// The tracker's side; absent when the spec names no MLflow.
struct Tracker {
    Tracker(const Settings& settings, Notebook& notebook, PendingAppends& pending_appends)
        : http({.ca_pem = settings.config.ca_pem}),
          upstream(http, settings.config.mlflow->url,
                   settings.config.mlflow->credentials_directory.empty()
                       ? std::filesystem::path()
                       : settings.places.at(settings.config.mlflow->credentials_directory)),
          ownership(upstream, notebook, {settings.config.experiment_uid, settings.pod_uid}),
          pending(pending_appends),
          endpoint({upstream, notebook, ownership, pending, run_tags(settings),
                    settings.config.objective_metric}) {}

    net::PooledHttp http;
    Upstream upstream;
    Ownership ownership;
    PendingAppends& pending;
    Endpoint endpoint;
};

// All that a script's SDKs see: trackers below paths of their own, MLflow for the rest. `healthy`
// knows us by the port.
Result<std::unique_ptr<net::HttpServer>> serve(std::uint16_t port, Followers& followers,
                                               Tracker* mlflow) {
    net::HttpServerOptions options;
    options.port = port;
    options.handler_threads = handler_threads;
    options.connections_per_peer_max = options.connections_max; // all are of this pod
    options.body_bytes_max = upload_bytes_max;
    return net::HttpServer::start(options, [&followers, mlflow](net::Exchange& exchange) {
        if (followers.answer(exchange)) {
            return;
        }
        if (mlflow != nullptr) {
            mlflow->endpoint.handle(exchange);
        } else {
            (void)refuse(exchange, "this Experiment names no MLflow server (trackers.mlflow)");
        }
    });
}

// Who asks for the key of this attempt first, gets it: so nothing stands before that question.
void ship_and_tell(LogShipper& shipper, EventSender& sender, std::chrono::milliseconds tell_after,
                   std::stop_token stop) {
    net::name_this_thread("ship");
    auto next_tell = std::chrono::steady_clock::now();
    do {
        if (std::chrono::steady_clock::now() >= next_tell) {
            next_tell = std::chrono::steady_clock::now() + tell_after;
            if (const auto told = sender.send(stop); !told && !stop.stop_requested()) {
                log_debug("the operator was not told", {{"problem", told.error().message}});
            }
        }
        if (const auto shipped = shipper.ship(Segments::Complete, stop);
            !shipped && !stop.stop_requested()) {
            log_warning("the log waits for the artifact store",
                        {{"problem", shipped.error().message}});
        }
    } while (pause_for(ship_every, stop));
}

} // namespace

Status record(const Settings& settings) {
    const StopSignals signals;
    const Places& places = settings.places;
    const auto& config = settings.config;

    Notebook notebook;
    TRY(notebook.open(places.journal() / "notes"));
    notebook.note({{"note", "begin"}, {"time", to_text(SystemClock().now())}});
    PendingAppends pending;
    TRY(pending.open(places.journal() / "pending"));

    TRY(const auto store_settings, store_options(config.artifact_store, places));
    net::PooledHttp store_calls({.ca_pem = config.ca_pem});
    Movement movement;
    MovementHttp store_http(store_calls, movement);
    artifacts::S3Client store(store_http, store_settings);
    LogShipper shipper(store, notebook,
                       {{config.artifact_store.bucket,
                         records::pod::log_key(config.artifact_store.prefix, settings.pod_uid)},
                        places.log_folder(),
                        config.log_bytes_max});
    net::HttpClient operator_http({.ca_pem = config.operator_ca_pem});
    RecordKey key(operator_http, settings);
    TRY(key.open());
    EventSender sender({operator_http, settings, notebook, key});

    Followers followers(settings, notebook);
    TRY(followers.open(store));
    std::optional<Tracker> tracker;
    std::jthread deliver;
    if (config.mlflow) {
        tracker.emplace(settings, notebook, pending);
        deliver = std::jthread([&](std::stop_token stop) {
            deliver_pending(pending, tracker->upstream, notebook, stop);
        });
    }
    TRY(const auto server, serve(settings.port, followers, tracker ? &*tracker : nullptr));
    const auto tell_after = config.objective_metric.empty() ? tell_every : tell_of_trial_every;
    std::vector<std::jthread> threads;
    threads.emplace_back(
        [&](std::stop_token stop) { ship_and_tell(shipper, sender, tell_after, stop); });
    threads.emplace_back([&](std::stop_token stop) { keep_following(followers, stop); });
    threads.emplace_back([&](std::stop_token stop) { keep_shipping(followers, store, stop); });
    log_info("recording", {{"pod", settings.pod_uid}});
    const End end = wait_for_the_end(places, signals.token());
    for (std::jthread& each : threads) {
        each.request_stop();
    }
    threads.clear(); // joins them

    followers.close();
    if (tracker) {
        tracker->endpoint.close();
    }
    Ending ending(
        {settings, store, shipper, notebook, pending, key, followers, movement, signals.token()});
    TRY(ending.conclude());
    if (end == End::CommandEnded) {
        (void)sender.send({});
        while (
            pause_for(exit_look_every, signals.token())) { // the launcher leaves, then the kubelet
        } // ends us
        if (ending.outdated()) {
            log_warning("the command went on after its report had said that it had ended", {});
            TRY(ending.conclude());
        }
    }
    (void)sender.send({});
    return {};
}

} // namespace pedigree::recorder
