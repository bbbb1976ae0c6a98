// What a script makes: experiments, runs, logged models. These wait for the server, since the
// script needs the id that it gives.

#include <nlohmann/json.hpp>

#include "recorder/endpoint.h"
#include "recorder/taps.h"

namespace pedigree::recorder {

Status Endpoint::create_experiment(net::Exchange& exchange) {
    TRY(const std::string body, exchange.read_all(call_body_bytes_max));
    TRY(forward(exchange, body));
    return {};
}

Status Endpoint::create_run(net::Exchange& exchange) {
    TRY(const std::string text, exchange.read_all(call_body_bytes_max));
    Json body = parsed(text);
    add_tags(body, parts_.tags);
    TRY(const auto answer, forward(exchange, body.dump()));
    if (answer) {
        SeenRun seen = seen_run(at_path(*answer, {"run"}));
        seen.run.status = "RUNNING";
        parts_.notebook.note(run_note(seen));
        if (seen.artifact_root.empty()) {
            parts_.notebook.note(gap_note(
                "NotSeenByRecorder", "MLflow run " + seen.run.run_id +
                                         " keeps its artifacts past the server's proxy: what the "
                                         "script uploaded there was not hashed on its way"));
        }
    }
    return {};
}

Status Endpoint::create_model(net::Exchange& exchange) {
    TRY(const std::string body, exchange.read_all(call_body_bytes_max));
    const std::string run_id = string_or(parsed(body), "source_run_id");
    if (!run_id.empty()) {
        TRY(const bool ours, parts_.ownership.owns_run(run_id, exchange.stop()));
        if (!ours) {
            parts_.notebook.count("refused");
            return refuse(exchange, "run " + run_id + " does not belong to this Experiment");
        }
    }
    TRY(const auto answer, forward(exchange, body));
    if (answer) {
        const Json& info = at_path(*answer, {"model", "info"});
        parts_.notebook.note(model_note(
            string_or(info, "model_id"),
            {string_or(info, "name"), run_id, proxied_root(string_or(info, "artifact_uri"))}));
    }
    return {};
}

Status Endpoint::change_model(net::Exchange& exchange, const std::string& model_id) {
    TRY(const std::string body, exchange.read_all(call_body_bytes_max));
    TRY(const bool ours, parts_.ownership.owns_model(model_id, exchange.stop()));
    if (!ours) {
        parts_.notebook.count("refused");
        return refuse(exchange, "model " + model_id + " does not belong to this Experiment");
    }
    TRY(forward(exchange, body));
    return {};
}

} // namespace pedigree::recorder
