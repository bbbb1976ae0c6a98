#include "recorder/ownership.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "net/url.h"
#include "recorder/call_body.h"
#include "trackers/mlflow/context.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto stranger_for = 30s;
constexpr std::size_t strangers_max = 1000;
constexpr std::size_t run_name_bytes_max = 512;
constexpr std::size_t answer_bytes_max = 4 * 1024 * 1024;

// A script may write what it likes into mlflow.parentRunId.
std::string id_in(const std::string& text) {
    return is_tracker_id(text) ? text : "";
}

std::string tag_of(const Json& run, std::string_view key) {
    for (const Json& tag : at_path(run, {"data", "tags"})) {
        if (string_or(tag, "key") == key) {
            return string_or(tag, "value");
        }
    }
    return "";
}

// Of "1/<run>/artifacts/..." or "1/models/<model>/artifacts/...", the server's own layout.
struct ArtifactPlace {
    bool model = false;
    std::string id;
};
ArtifactPlace place_of(const std::string& path) {
    std::vector<std::string> segments;
    for (std::size_t at = 0; at <= path.size() && segments.size() < 3;) {
        const auto end = std::min(path.find('/', at), path.size());
        segments.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    if (segments.size() < 3) {
        return {};
    }
    return segments[1] == "models" ? ArtifactPlace{true, segments[2]}
                                   : ArtifactPlace{false, segments[1]};
}

} // namespace

std::string proxied_root(const std::string& artifact_uri) {
    constexpr std::string_view scheme = "mlflow-artifacts:";
    if (!artifact_uri.starts_with(scheme)) {
        return "";
    }
    std::string root = artifact_uri.substr(scheme.size());
    if (root.starts_with("//")) { // an authority follows
        root.erase(0, std::min(root.find('/', 2), root.size()));
    }
    root.erase(0, std::min(root.find_first_not_of('/'), root.size()));
    return root;
}

SeenRun seen_run(const Json& run) {
    const Json& info = at_path(run, {"info"});
    SeenRun seen;
    seen.run.run_id = id_in(string_or(info, "run_id"));
    seen.run.experiment_id = id_in(string_or(info, "experiment_id"));
    seen.run.name = clean_text(string_or(info, "run_name"), run_name_bytes_max);
    seen.run.parent_run_id = id_in(tag_of(run, trackers::mlflow::tag_parent));
    seen.artifact_root = proxied_root(string_or(info, "artifact_uri"));
    seen.start_ms = integer_or(info, "start_time");
    return seen;
}

Ownership::Ownership(Upstream& upstream, Notebook& notebook, Identity identity)
    : upstream_(upstream), notebook_(notebook), identity_(std::move(identity)) {}

Result<bool> Ownership::owns_run(const std::string& run_id, std::stop_token stop) {
    if (notebook_.look([&](const Observations& seen) { return seen.runs.contains(run_id); })) {
        return true;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool stranger = strangers_.with([&](auto& known) {
        const auto found = known.find(run_id);
        return found != known.end() && now - found->second < stranger_for;
    });
    if (stranger || !is_tracker_id(run_id)) {
        return false;
    }
    TRY(const bool ours, ask(run_id, stop));
    if (!ours) {
        strangers_.with([&](auto& known) {
            if (known.size() >= strangers_max) {
                known.clear();
            }
            known[run_id] = now;
        });
    }
    return ours;
}

Result<bool> Ownership::ask(const std::string& run_id, std::stop_token stop) {
    net::Request request =
        upstream_.request("GET", "/api/2.0/mlflow/runs/get?run_id=" + net::percent_encode(run_id));
    request.body_bytes_max = answer_bytes_max;
    auto answer = upstream_.send_patiently(request, stop);
    if (away(answer)) {
        return failure(ErrorCode::Unavailable, "MLflow is away");
    }
    if (!answer) {
        return tl::unexpected<Error>(std::move(answer).error());
    }
    const auto document = parse_json(answer->body);
    if (!answer->ok() || !document) {
        return false;
    }
    const Json& run = at_path(*document, {"run"});
    SeenRun seen = seen_run(run);
    if (tag_of(run, trackers::mlflow::tag_experiment) != identity_.experiment_uid ||
        seen.run.run_id != run_id) {
        return false;
    }
    seen.touched = tag_of(run, trackers::mlflow::tag_attempt) != identity_.pod_uid;
    notebook_.note(run_note(seen));
    return true;
}

Result<bool> Ownership::owns_model(const std::string& model_id, std::stop_token stop) {
    if (notebook_.look([&](const Observations& seen) { return seen.models.contains(model_id); })) {
        return true;
    }
    if (!is_tracker_id(model_id)) {
        return false;
    }
    net::Request request =
        upstream_.request("GET", "/api/2.0/mlflow/logged-models/" + net::percent_encode(model_id));
    request.body_bytes_max = answer_bytes_max;
    auto answer = upstream_.send_patiently(request, stop);
    if (away(answer) || !answer) {
        return failure(ErrorCode::Unavailable, "MLflow is away");
    }
    const auto document = parse_json(answer->body);
    if (!answer->ok() || !document) {
        return false;
    }
    const Json& info = at_path(*document, {"model", "info"});
    const std::string run_id = string_or(info, "source_run_id");
    TRY(const bool ours, owns_run(run_id, stop));
    if (ours) {
        notebook_.note(model_note(model_id, {string_or(info, "name"), run_id,
                                             proxied_root(string_or(info, "artifact_uri"))}));
    }
    return ours;
}

Result<std::string> Ownership::owner_of_artifact(const std::string& path, std::stop_token stop) {
    const auto known = [&] {
        return notebook_.look([&](const Observations& seen) { return seen.owner_of(path); });
    };
    if (std::string owner = known(); !owner.empty()) {
        return owner;
    }
    const ArtifactPlace place = place_of(path);
    if (place.id.empty()) {
        return std::string();
    }
    TRY(const bool ours, place.model ? owns_model(place.id, stop) : owns_run(place.id, stop));
    return ours ? known() : std::string();
}

} // namespace pedigree::recorder
