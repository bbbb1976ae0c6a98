// What a script makes: experiments, runs, logged models. These wait for the server, since the
// script needs the id that it gives.

#include <nlohmann/json.hpp>

#include "recorder/call_body.h"
#include "recorder/endpoint.h"
#include "recorder/registration.h"
#include "recorder/taps.h"
#include "trackers/mlflow/context.h"

namespace pedigree::recorder {

Status Endpoint::create_experiment(net::Exchange& exchange, const Match& match) {
    TRY(const auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    if (!string_or(*body, "artifact_location").empty()) {
        return refuse_and_count(exchange, "where artifacts are kept is the server's to say: leave "
                                          "artifact_location out");
    }
    if (touches_own_tags(*body)) {
        return refuse_and_count(exchange,
                                "tags that begin with \"pedigree.\" are written by pedigree");
    }
    TRY(const auto answer, forward(exchange, match, *body));
    if (answer) {
        parts_.notebook.note(experiment_note(string_or(*answer, "experiment_id")));
    }
    return {};
}

// An experiment is shared by whoever logs to it: its tags are not one pod's to write, unless it
// made it.
Status Endpoint::tag_experiment(net::Exchange& exchange, const Match& match) {
    TRY(const auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    const std::string id = string_or(*body, "experiment_id");
    const bool ours = parts_.notebook.look(
        [&](const Observations& seen) { return seen.experiments.contains(id); });
    if (!ours || touches_own_tags(*body)) {
        return refuse_and_count(exchange,
                                ours ? "tags that begin with \"pedigree.\" are written by pedigree"
                                     : "MLflow experiment " + id +
                                           " was not created by this script: its tags are not for "
                                           "it to write");
    }
    TRY(forward(exchange, match, *body));
    return {};
}

Status Endpoint::create_run(net::Exchange& exchange, const Match& match) {
    TRY(auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    add_tags(*body, parts_.tags);
    TRY(const auto answer, forward(exchange, match, *body));
    if (!answer) {
        return {};
    }
    SeenRun seen = seen_run(at_path(*answer, {"run"}));
    if (seen.run.run_id.empty()) {
        parts_.notebook.note(gap_note("NotSeenByRecorder",
                                      "MLflow answered to the creation of a run without its id"));
        return {};
    }
    seen.run.status = "RUNNING";
    parts_.notebook.note(run_note(seen));
    if (seen.artifact_root.empty()) {
        parts_.notebook.note(gap_note("NotSeenByRecorder",
                                      "MLflow run " + seen.run.run_id +
                                          " keeps its artifacts past the server's proxy: what the "
                                          "script uploaded there was not hashed on its way"));
    }
    return {};
}

Status Endpoint::create_model(net::Exchange& exchange, const Match& match) {
    TRY(auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    // The SDK writes the context's tags, ours among them, onto models too: ours are set anew.
    std::map<std::string, std::string> own = parts_.tags;
    std::erase_if(own, [](const auto& tag) {
        return !tag.first.starts_with(trackers::mlflow::tag_own_prefix);
    });
    Json judged = *body;
    judged.erase("tags");
    add_tags(*body, own);
    TRY(const std::string objected, objection(match.call, judged, exchange.stop()));
    if (!objected.empty()) {
        return refuse_and_count(exchange, objected);
    }
    TRY(const auto answer, forward(exchange, match, *body));
    const Json& info = answer ? at_path(*answer, {"model", "info"}) : at_path(*body, {"none"});
    if (const std::string id = string_or(info, "model_id"); is_tracker_id(id)) {
        parts_.notebook.note(model_note(id, {string_or(info, "name"), run_of(*body),
                                             proxied_root(string_or(info, "artifact_uri"))}));
    }
    return {};
}

Status Endpoint::change_model(net::Exchange& exchange, const Match& match) {
    TRY(auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    TRY(const bool ours, parts_.ownership.owns_model(match.subject, exchange.stop()));
    if (!ours || touches_own_tags(*body)) {
        return refuse_and_count(
            exchange, ours ? "tags that begin with \"pedigree.\" are written by pedigree"
                           : "model " + match.subject + " does not belong to this Experiment");
    }
    if (drop_registration(*body)) { // of a version that was not made
        return exchange.send({200, {{"Content-Type", "application/json"}}, "{}"});
    }
    TRY(forward(exchange, match, *body));
    return {};
}

} // namespace pedigree::recorder
