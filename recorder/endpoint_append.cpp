// What a script adds to its runs. It need not wait for a server that is away: the calls are kept
// and delivered in order.

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/pause.h"
#include "net/thread_name.h"
#include "recorder/endpoint.h"
#include "recorder/taps.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto deliver_again_after = 1000ms;

std::string run_id_of(const Json& body) {
    return string_or(body, "run_id", string_or(body, "run_uuid"));
}

} // namespace

Status Endpoint::append(net::Exchange& exchange, const std::string& call) {
    TRY(const std::string text, exchange.read_all(call_body_bytes_max));
    const Json body = parsed(text);
    const std::string run_id = run_id_of(body);
    TRY(const bool ours, parts_.ownership.owns_run(run_id, exchange.stop()));
    if (!ours || touches_own_tags(body)) {
        parts_.notebook.count("refused");
        return refuse(exchange, ours ? "tags that begin with \"pedigree.\" are written by pedigree"
                                     : "run " + run_id + " does not belong to this Experiment");
    }
    if (!parts_.pending.empty()) {
        return keep(exchange, call, text);
    }
    net::Request request = parts_.upstream.request(exchange.request());
    request.body = text;
    const auto outcome = parts_.upstream.send(request, exchange.stop());
    if (away(outcome)) {
        return keep(exchange, call, text);
    }
    if (!outcome) {
        return tl::unexpected<Error>(outcome.error());
    }
    if (outcome->ok()) {
        if (const auto note = tap(call, body, parts_.objective_metric)) {
            parts_.notebook.note(*note);
        }
    }
    parts_.notebook.count("forwarded");
    return exchange.send(passed_on(*outcome));
}

Status Endpoint::keep(net::Exchange& exchange, const std::string& call, const std::string& body) {
    if (!parts_.pending.push({exchange.request().target, body})) {
        parts_.notebook.count("appendsRefusedWhileAway");
        return answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE",
                            "MLflow is away and the recorder keeps all that it may");
    }
    parts_.notebook.count("appendsKept");
    const Json document = parsed(body);
    if (const auto note = tap(call, document, parts_.objective_metric)) {
        parts_.notebook.note(*note);
    }
    const Json answer = kept_answer(call, document);
    return exchange.send({200, {{"Content-Type", "application/json"}}, answer.dump()});
}

// The SDK reads the run's info out of the answer to runs/update; all others are empty.
Json Endpoint::kept_answer(const std::string& call, const Json& body) {
    if (call != "runs/update") {
        return Json::object();
    }
    return parts_.notebook.look([&](const Observations& seen) -> Json {
        const std::string run_id = run_id_of(body);
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
