// What a script adds to its runs. It need not wait for a server that is away: the calls are kept
// and delivered in order.

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/log.h"
#include "base/pause.h"
#include "net/thread_name.h"
#include "recorder/call_body.h"
#include "recorder/endpoint.h"
#include "recorder/taps.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto deliver_again_after = 1000ms;

} // namespace

Status Endpoint::append(net::Exchange& exchange, const Match& match) {
    TRY(const auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    TRY(const std::string objected, objection(match.call, *body, exchange.stop()));
    if (!objected.empty()) {
        return refuse_and_count(exchange, objected);
    }
    if (!parts_.pending.empty()) {
        return keep(exchange, match, *body);
    }
    const auto outcome = parts_.upstream.send(outgoing(exchange, match, *body), exchange.stop());
    if (away(outcome)) {
        return keep(exchange, match, *body);
    }
    if (!outcome) {
        return tl::unexpected<Error>(outcome.error());
    }
    if (outcome->ok()) {
        if (const auto note = tap(match.call, *body, parts_.objective_metric)) {
            parts_.notebook.note(*note);
        }
    }
    parts_.notebook.count("forwarded");
    return exchange.send(passed_on(*outcome));
}

Status Endpoint::keep(net::Exchange& exchange, const Match& match, const Json& body) {
    if (!parts_.pending.push({target_of(match), json_text(body)})) {
        parts_.notebook.count("appendsRefusedWhileAway");
        return answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE",
                            "MLflow is away and the recorder keeps all that it may");
    }
    parts_.notebook.count("appendsKept");
    if (const auto note = tap(match.call, body, parts_.objective_metric)) {
        parts_.notebook.note(*note);
    }
    const Json answer = kept_answer(match.call, body);
    return exchange.send({200, {{"Content-Type", "application/json"}}, json_text(answer)});
}

// The SDK reads the run's info out of the answer to runs/update; all others are empty.
Json Endpoint::kept_answer(const std::string& call, const Json& body) {
    if (call != "runs/update") {
        return Json::object();
    }
    return parts_.notebook.look([&](const Observations& seen) -> Json {
        const std::string run_id = run_of(body);
        const auto found = seen.runs.find(run_id);
        const SeenRun run = found == seen.runs.end() ? SeenRun{} : found->second;
        Json info = {{"run_id", run_id},
                     {"run_uuid", run_id},
                     {"experiment_id", run.run.experiment_id},
                     {"run_name", run.run.name},
                     {"status", string_or(body, "status", "RUNNING")},
                     {"start_time", run.start_ms},
                     {"lifecycle_stage", "active"},
                     {"artifact_uri", "mlflow-artifacts:/" + run.artifact_root}};
        if (body.contains("end_time")) {
            info["end_time"] = body["end_time"];
        }
        return {{"run_info", std::move(info)}};
    });
}

void deliver_pending(PendingAppends& pending, Upstream& upstream, Notebook& notebook,
                     std::stop_token stop) {
    net::name_this_thread("deliver");
    while (!stop.stop_requested()) {
        const auto call = pending.front();
        if (!call) {
            pause_for(deliver_again_after, stop);
            continue;
        }
        net::Request request = upstream.request("POST", call->target);
        request.headers.set("Content-Type", "application/json");
        request.body = call->body;
        const auto outcome = upstream.send(request, stop);
        if (away(outcome) || !outcome) {
            pause_for(deliver_again_after, stop);
            continue;
        }
        if (outcome->ok()) {
            notebook.count("appendsDelivered");
        } else {
            notebook.count("appendsLost");
            log_warning("MLflow refused a call that was kept while it was away",
                        {{"target", call->target}, {"status", std::to_string(outcome->status)}});
        }
        pending.pop();
    }
}

} // namespace pedigree::recorder
