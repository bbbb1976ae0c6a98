#include "trackers/mlflow/close.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/failpoint.h"
#include "trackers/mlflow/context.h"
#include "trackers/mlflow/server.h"
#include "trackers/mlflow/truth.h"

namespace pedigree::trackers::mlflow {
namespace {

using records::work::CloseTrackerInput;
using records::work::CloseTrackerOutcome;
using records::work::TrackerRun;

constexpr std::size_t experiments_per_search_max = 500;
constexpr int page_size = 1000;

struct FoundRun {
    TrackerRun run;
    RunState state;
};

std::string tag_value(const Json& run, std::string_view key) {
    for (const Json& tag : at_path(run, {"data", "tags"})) {
        if (string_or(tag, "key") == key) {
            return string_or(tag, "value");
        }
    }
    return "";
}

// MLflow 2 writes the models of a run into a tag: [{"artifact_path": "model", ...}, ...].
std::vector<std::string> models_of(const Json& run, const std::string& run_id) {
    std::vector<std::string> models;
    for (const Json& model : at_path(run, {"outputs", "model_outputs"})) {
        models.push_back(string_or(model, "model_id"));
    }
    const auto history = parse_json(tag_value(run, "mlflow.log-model.history"));
    if (models.empty() && history && history->is_array()) {
        for (const Json& model : *history) {
            models.push_back("runs:/" + run_id + "/" + string_or(model, "artifact_path"));
        }
    }
    std::sort(models.begin(), models.end());
    models.erase(std::unique(models.begin(), models.end()), models.end());
    return models;
}

FoundRun found_run(const Json& run) {
    const Json& info = at_path(run, {"info"});
    FoundRun out;
    out.run.run_id = string_or(info, "run_id");
    out.run.experiment_id = string_or(info, "experiment_id");
    out.run.name = string_or(info, "run_name");
    out.run.status = string_or(info, "status");
    out.run.artifact_uri = string_or(info, "artifact_uri");
    out.run.parent_run_id = tag_value(run, tag_parent);
    out.run.logged_models = models_of(run, out.run.run_id);
    for (const Json& metric : at_path(run, {"data", "metrics"})) {
        out.run.metrics[string_or(metric, "key")] = MetricValue::from(at_path(metric, {"value"}));
    }
    out.state = {out.run.run_id, out.run.status, integer_or(info, "end_time")};
    return out;
}

Result<std::vector<std::string>> all_experiments(Server& server, std::stop_token stop) {
    std::vector<std::string> ids;
    TRY(server.post_pages(
        "experiments/search", {{"max_results", page_size}}, "experiments",
        [&](const Json& experiment) -> Status {
            ids.push_back(string_or(experiment, "experiment_id"));
            return {};
        },
        stop));
    return ids;
}

Result<std::vector<FoundRun>> runs_of_attempt(Server& server, const CloseTrackerInput& input,
                                              std::stop_token stop) {
    TRY(const auto experiments, all_experiments(server, stop));
    const std::string filter =
        std::string("tags.`") + tag_attempt + "` = '" + input.attempt_uid + "'";
    std::vector<FoundRun> runs;
    for (std::size_t at = 0; at < experiments.size(); at += experiments_per_search_max) {
        const auto end = std::min(experiments.size(), at + experiments_per_search_max);
        const std::vector<std::string> some(experiments.begin() + static_cast<std::ptrdiff_t>(at),
                                            experiments.begin() + static_cast<std::ptrdiff_t>(end));
        TRY(server.post_pages(
            "runs/search",
            {{"experiment_ids", some}, {"filter", filter}, {"max_results", page_size}}, "runs",
            [&](const Json& run) -> Status {
                if (runs.size() >= runs_read_max) {
                    return failure(ErrorCode::TooLarge, "the attempt made more than " +
                                                            std::to_string(runs_read_max) +
                                                            " MLflow runs");
                }
                runs.push_back(found_run(run));
                return {};
            },
            stop));
    }
    return runs;
}

Status set_status(Server& server, const std::string& run_id, const std::string& status,
                  std::int64_t end_ms, std::stop_token stop) {
    if (end_ms == 0) {
        end_ms = std::chrono::floor<std::chrono::milliseconds>(SystemClock().now())
                     .time_since_epoch()
                     .count();
    }
    TRY(server.post("runs/update", {{"run_id", run_id}, {"status", status}, {"end_time", end_ms}},
                    stop));
    failpoint("mlflow.status_told");
    return {};
}

Status set_tags(Server& server, const std::string& run_id,
                const std::map<std::string, std::string>& tags, std::stop_token stop) {
    if (tags.empty()) {
        return {};
    }
    Json list = Json::array();
    for (const auto& [key, value] : tags) {
        list.push_back({{"key", key}, {"value", value}});
    }
    TRY(server.post("runs/log-batch", {{"run_id", run_id}, {"tags", std::move(list)}}, stop));
    return {};
}

Result<CloseTrackerOutcome> close_parent(Server& server, const CloseTrackerInput& input,
                                         std::stop_token stop) {
    TRY(const Json answer, server.get("runs/get", {{"run_id", input.parent_run_id}}, stop));
    FoundRun parent = found_run(at_path(answer, {"run"}));
    CloseTrackerOutcome outcome;
    if (parent.run.status != input.status) {
        const bool reopened = parent.run.status == "RUNNING"; // it may have ended before
        TRY(set_status(server, input.parent_run_id, input.status,
                       reopened ? 0 : parent.state.end_ms, stop));
        parent.run.status = input.status;
        outcome.repaired = 1;
    }
    TRY(set_tags(server, input.parent_run_id, input.tags, stop));
    outcome.runs.push_back(std::move(parent.run));
    return outcome;
}

} // namespace

Result<CloseTrackerOutcome> close_tracker(net::Http& http, const CloseTrackerInput& input,
                                          std::stop_token stop, const net::RetryOptions& retry) {
    Server server(http, input.target, retry);
    if (input.attempt_uid.empty()) {
        return close_parent(server, input, stop);
    }
    TRY(auto found, runs_of_attempt(server, input, stop));
    std::vector<RunState> states;
    for (const FoundRun& run : found) {
        states.push_back(run.state);
    }
    CloseTrackerOutcome outcome;
    const auto wrong = runs_to_repair(states, input.status);
    for (FoundRun& run : found) {
        if (std::find(wrong.begin(), wrong.end(), run.run.run_id) != wrong.end()) {
            TRY(set_status(server, run.run.run_id, input.status, run.state.end_ms, stop));
            run.run.status = input.status;
            ++outcome.repaired;
        }
        TRY(set_tags(server, run.run.run_id, input.tags, stop));
        outcome.runs.push_back(std::move(run.run));
    }
    return outcome;
}

} // namespace pedigree::trackers::mlflow
