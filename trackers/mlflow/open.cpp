#include "trackers/mlflow/open.h"

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/text.h"
#include "trackers/mlflow/context.h"
#include "trackers/mlflow/server.h"

namespace pedigree::trackers::mlflow {
namespace {

// Cut at the end of a character.
std::string beginning(const std::string& text, std::size_t bytes_max) {
    return std::string(text_front(valid_utf8(text), bytes_max));
}

using records::work::OpenTrackerInput;
using records::work::OpenTrackerOutcome;

constexpr const char* running = "RUNNING";

struct ParentRun {
    std::string run_id;
    std::string artifact_uri;
    std::string status;
};

std::int64_t now_ms() {
    return std::chrono::floor<std::chrono::milliseconds>(SystemClock().now())
        .time_since_epoch()
        .count();
}

Result<std::string> experiment_by_name(Server& server, const std::string& name,
                                       std::stop_token stop) {
    TRY(const Json answer,
        server.get("experiments/get-by-name", {{"experiment_name", name}}, stop));
    const Json& experiment = at_path(answer, {"experiment"});
    if (string_or(experiment, "lifecycle_stage") == "deleted") {
        Error error(ErrorCode::Conflict, "MLflow's experiment \"" + name +
                                             "\" is deleted; restore it in MLflow or set another "
                                             "trackers.mlflow.experimentName");
        error.reason = "MlflowExperimentDeleted";
        return tl::unexpected<Error>(std::move(error));
    }
    return string_field(experiment, "experiment_id");
}

Result<std::string> open_experiment(Server& server, const std::string& name, std::stop_token stop) {
    auto found = experiment_by_name(server, name, stop);
    if (found || found.error().code != ErrorCode::NotFound) {
        return found;
    }
    auto created = server.post("experiments/create", {{"name", name}}, stop);
    if (!created && created.error().code == ErrorCode::AlreadyExists) {
        return experiment_by_name(server, name, stop); // another one was faster
    }
    return created.and_then(
        [](const Json& answer) { return string_field(answer, "experiment_id"); });
}

Result<ParentRun> parent_of(const Json& run) {
    ParentRun parent;
    TRY(parent.run_id, string_field(at_path(run, {"info"}), "run_id"));
    parent.artifact_uri = string_or(at_path(run, {"info"}), "artifact_uri");
    parent.status = string_or(at_path(run, {"info"}), "status", running);
    return parent;
}

// The parent is the run with our tag that belongs to no attempt.
Result<std::optional<ParentRun>> find_parent(Server& server, const std::string& experiment_id,
                                             const std::string& uid, std::stop_token stop) {
    const std::string filter = std::string("tags.`") + tag_experiment + "` = '" + uid +
                               "' and tags.`pedigree.role` = 'Parent'";
    TRY(const Json answer, server.post("runs/search",
                                       {{"experiment_ids", {experiment_id}},
                                        {"filter", filter},
                                        {"order_by", {"attributes.start_time ASC"}},
                                        {"max_results", 1}},
                                       stop));
    const Json& runs = at_path(answer, {"runs"});
    if (!runs.is_array() || runs.empty()) {
        return std::optional<ParentRun>();
    }
    TRY(ParentRun parent, parent_of(runs.front()));
    return std::optional<ParentRun>(std::move(parent));
}

Result<ParentRun> create_parent(Server& server, const std::string& experiment_id,
                                const OpenTrackerInput& input, std::stop_token stop) {
    std::map<std::string, std::string> tags = input.tags;
    tags[tag_experiment] = input.experiment_uid;
    tags["pedigree.role"] = "Parent";
    Json list = Json::array();
    for (const auto& [key, value] : tags) {
        list.push_back({{"key", key}, {"value", beginning(value, tag_value_bytes_max)}});
    }
    TRY(const Json answer, server.post("runs/create",
                                       {{"experiment_id", experiment_id},
                                        {"run_name", input.run_name},
                                        {"start_time", now_ms()},
                                        {"tags", std::move(list)}},
                                       stop));
    failpoint("mlflow.parent_created");
    return parent_of(at_path(answer, {"run"}));
}

// Logging the same value again is accepted by MLflow, so this may be repeated.
Status log_parameters(Server& server, const std::string& run_id,
                      const std::map<std::string, std::string>& parameters, std::stop_token stop) {
    Json batch = Json::array();
    const auto flush = [&]() -> Status {
        if (!batch.empty()) {
            TRY(server.post("runs/log-batch", {{"run_id", run_id}, {"params", batch}}, stop));
            batch = Json::array();
        }
        return {};
    };
    for (const auto& [key, value] : parameters) {
        batch.push_back({{"key", key}, {"value", beginning(value, parameter_value_bytes_max)}});
        if (batch.size() == parameters_per_call_max) {
            TRY(flush());
        }
    }
    return flush();
}

} // namespace

Result<OpenTrackerOutcome> open_tracker(net::Http& http, const OpenTrackerInput& input,
                                        std::stop_token stop, const net::RetryOptions& retry) {
    Server server(http, input.target, retry);
    OpenTrackerOutcome outcome;
    TRY(outcome.server_version, server.version(stop));
    TRY(outcome.experiment_id, open_experiment(server, input.experiment_name, stop));
    TRY(auto found, find_parent(server, outcome.experiment_id, input.experiment_uid, stop));
    if (!found) {
        TRY(found, create_parent(server, outcome.experiment_id, input, stop));
    }
    if (found->status != running) { // a search that goes on after its end
        TRY(server.post("runs/update", {{"run_id", found->run_id}, {"status", running}}, stop));
    }
    outcome.parent_run_id = found->run_id;
    TRY(log_parameters(server, found->run_id, input.parameters, stop));
    if (!input.config_json.empty() && found->artifact_uri.starts_with("mlflow-artifacts:")) {
        TRY(server.put_artifact(found->artifact_uri, "config.json", input.config_json, stop));
    }
    return outcome;
}

} // namespace pedigree::trackers::mlflow
