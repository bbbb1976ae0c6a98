#include "recorder/event_sender.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/json_text.h"
#include "recorder/operator_call.h"
#include "records/pod/signature.h"

namespace pedigree::recorder {
namespace {

namespace pod = records::pod;

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
    // Both: from one to the other the number of values may stay the same.
    if (const auto values = seen.objective.values_seen + seen.followed_objective.values_seen;
        next_.objective_values != values) {
        next_.objective_values = values;
        add(objective_event(seen.curve()));
    }
    const auto tell = [&](const SeenRun& run) {
        if (events.size() + 2 > events_per_call_max || bytes > event_bytes_max) {
            return; // it is new at the next call
        }
        const std::string& id = run.run.run_id;
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
    };
    for (const auto& [id, run] : seen.runs) {
        tell(run);
    }
    for (const auto& [name, run] : seen.followed) {
        tell(run);
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

Status EventSender::send(std::stop_token stop) {
    TRY(parts_.key.ask(stop));
    // Under the lock: a copy of all that was seen would cost more than the news.
    const Json events = parts_.notebook.look([&](const Observations& seen) {
        return progress_.since(seen, to_text(SystemClock().now()));
    });
    if (events.empty()) {
        return {};
    }
    OperatorCall call;
    call.path = pod::events_path;
    call.body = json_text({{"podUid", parts_.settings.pod_uid}, {"events", events}});
    call.headers[pod::signature_header] =
        pod::signature_of(*parts_.key.known(), pod::SignedText::News, call.body);
    call.what = "telling the operator";
    TRY(call_operator(parts_.http, parts_.settings, call, std::move(stop)));
    progress_.told();
    return {};
}

} // namespace pedigree::recorder
