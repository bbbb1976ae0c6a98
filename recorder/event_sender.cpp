#include "recorder/event_sender.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/secret.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto call_time_max = 5s;
constexpr std::size_t token_bytes_max = 16 * 1024;

Json run_event(const SeenRun& seen) {
    return {{"kind", "Run"},
            {"runId", seen.run.run_id},
            {"experimentId", seen.run.experiment_id},
            {"parentRunId", seen.run.parent_run_id},
            {"name", seen.run.name},
            {"status", seen.run.status}};
}

Json progress_event(const SeenRun& seen) {
    Json metrics = Json::object();
    std::int64_t step = 0;
    for (const auto& [key, metric] : seen.run.metrics) {
        step = std::max(step, metric.last_step);
        if (metrics.size() < metrics_per_event_max) {
            metrics[key] = metric.last.text();
        }
    }
    return {{"kind", "Progress"},
            {"runId", seen.run.run_id},
            {"step", step},
            {"metrics", std::move(metrics)}};
}

// It tells of the pod, not of one run: a script may log to several.
Json objective_event(const LearningCurve& curve) {
    return {{"kind", "Objective"}, {"runId", ""}, {"points", points_json(curve.points)}};
}

std::int64_t values_seen(const SeenRun& seen) {
    std::int64_t count = 0;
    for (const auto& [key, metric] : seen.run.metrics) {
        count += metric.count;
    }
    return count;
}

} // namespace

Json ProgressEvents::since(const Observations& seen, const std::string& time) {
    next_ = told_;
    Json events = Json::array();
    std::size_t bytes = 0;
    const auto add = [&](Json event) {
        event["sequence"] = ++next_.sequence;
        event["time"] = time;
        bytes += json_text(event).size();
        events.push_back(std::move(event));
    };
    if (next_.objective_values != seen.objective.values_seen) {
        next_.objective_values = seen.objective.values_seen;
        add(objective_event(seen.objective));
    }
    for (const auto& [id, run] : seen.runs) {
        if (events.size() + 2 > events_per_call_max || bytes > event_bytes_max) {
            break; // the rest is new at the next call
        }
        const std::string face = run.run.status + " " + run.run.name;
        if (next_.runs[id] != face) {
            next_.runs[id] = face;
            add(run_event(run));
        }
        const std::int64_t count = values_seen(run);
        if (next_.metric_counts[id] != count) {
            next_.metric_counts[id] = count;
            add(progress_event(run));
        }
    }
    if (next_.segments != seen.log.segments) {
        next_.segments = seen.log.segments;
        add({{"kind", "Log"},
             {"segments", seen.log.segments},
             {"bytes", seen.log.bytes},
             {"droppedBytes", seen.log.dropped_bytes}});
    }
    return events;
}

void ProgressEvents::told() {
    told_ = next_;
}

EventSender::EventSender(net::Http& http, const Settings& settings, Notebook& notebook)
    : http_(http), settings_(settings), notebook_(notebook) {}

Status EventSender::send(std::stop_token stop) {
    // Under the lock: a copy of all that was seen would cost more than the news.
    const Json events = notebook_.look([&](const Observations& seen) {
        return progress_.since(seen, to_text(SystemClock().now()));
    });
    if (events.empty() || settings_.config.operator_url.empty()) {
        return {};
    }
    // Read each time: the kubelet renews the token.
    TRY(std::string token, read_file(settings_.places.operator_token(), token_bytes_max));
    token.erase(token.find_last_not_of(" \r\n") + 1);
    const Secret secret(std::move(token));
    net::Request request;
    request.method = "POST";
    request.url = settings_.config.operator_url + "/v1/attempts/events";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Authorization", "Bearer " + secret.reveal());
    request.body = json_text({{"podUid", settings_.pod_uid}, {"events", events}});
    request.timeouts.total = call_time_max;
    request.timeouts.connect = call_time_max;
    TRY(const auto answer, http_.send(request, stop));
    if (!answer.ok()) {
        return tl::unexpected<Error>(net::status_error(answer, "telling the operator"));
    }
    progress_.told();
    return {};
}

} // namespace pedigree::recorder
