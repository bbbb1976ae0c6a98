#include "recorder/routes.h"

#include <algorithm>
#include <array>

#include "artifacts/manifest.h"
#include "base/text.h"
#include "net/url.h"
#include "recorder/call_body.h"

namespace pedigree::recorder {
namespace {

struct RouteRow {
    std::string_view method;
    std::string_view call; // "{id}" stands for one segment, "{path}" for the rest
    Route route;
};

constexpr std::array tracking_routes{
    RouteRow{"GET", "experiments/get-by-name", Route::Read},
    RouteRow{"GET", "experiments/get", Route::Read},
    RouteRow{"GET", "experiments/search", Route::Read},
    RouteRow{"POST", "experiments/search", Route::Read},
    RouteRow{"POST", "experiments/create", Route::CreateExperiment},
    RouteRow{"POST", "experiments/set-experiment-tag", Route::TagExperiment},
    RouteRow{"POST", "runs/create", Route::CreateRun},
    RouteRow{"GET", "runs/get", Route::Read},
    RouteRow{"POST", "runs/search", Route::Read},
    RouteRow{"POST", "runs/update", Route::Append},
    RouteRow{"POST", "runs/log-metric", Route::Append},
    RouteRow{"POST", "runs/log-parameter", Route::Append},
    RouteRow{"POST", "runs/log-batch", Route::Append},
    RouteRow{"POST", "runs/log-inputs", Route::Append},
    RouteRow{"POST", "runs/log-model", Route::Append},
    RouteRow{"POST", "runs/outputs", Route::Append},
    RouteRow{"POST", "runs/set-tag", Route::Append},
    RouteRow{"POST", "runs/delete-tag", Route::Append},
    RouteRow{"GET", "metrics/get-history", Route::Read},
    RouteRow{"GET", "metrics/get-history-bulk-interval", Route::Read},
    RouteRow{"GET", "artifacts/list", Route::Read},
    RouteRow{"POST", "logged-models", Route::CreateModel},
    RouteRow{"POST", "logged-models/search", Route::Read},
    RouteRow{"GET", "logged-models/{id}", Route::Read},
    RouteRow{"PATCH", "logged-models/{id}", Route::ChangeModel},
    RouteRow{"PATCH", "logged-models/{id}/tags", Route::ChangeModel},
    RouteRow{"POST", "logged-models/{id}/params", Route::ChangeModel},
    RouteRow{"GET", "logged-models/{id}/artifacts/directories", Route::Read},
    RouteRow{"POST", "registered-models/create", Route::Register},
    RouteRow{"POST", "model-versions/create", Route::Register},
};

constexpr std::array artifact_routes{
    RouteRow{"GET", "artifacts", Route::Read},
    RouteRow{"GET", "artifacts/{path}", Route::Read},
    RouteRow{"PUT", "artifacts/{path}", Route::Upload},
    RouteRow{"POST", "mpu/create/{path}", Route::UploadInParts},
    RouteRow{"POST", "mpu/complete/{path}", Route::UploadInParts},
    RouteRow{"POST", "mpu/abort/{path}", Route::UploadInParts},
};

constexpr std::array<std::string_view, 2> api_prefixes{"/api/2.0/", "/ajax-api/2.0/"};

bool fits(std::string_view pattern, std::string_view call, std::string& subject) {
    const auto brace = pattern.find('{');
    if (brace == std::string_view::npos) {
        return pattern == call;
    }
    if (!call.starts_with(pattern.substr(0, brace))) {
        return false;
    }
    const std::string_view rest = call.substr(brace);
    if (pattern.substr(brace).starts_with("{path}")) {
        subject = rest;
        return !rest.empty();
    }
    const auto end = std::min(rest.find('/'), rest.size());
    subject = rest.substr(0, end);
    return is_tracker_id(subject) &&
           rest.substr(end) == pattern.substr(brace + std::string_view("{id}").size());
}

template <std::size_t N>
Match look_up(const std::array<RouteRow, N>& table, std::string_view method,
              std::string_view call) {
    for (const RouteRow& row : table) {
        std::string subject;
        if (row.method == method && fits(row.call, call, subject)) {
            return {row.route, std::string(call), std::move(subject), ""};
        }
    }
    return {};
}

std::string refusal(std::string_view method, std::string_view call) {
    const auto has = [&](std::string_view word) {
        return call.find(word) != std::string_view::npos;
    };
    if (method == "DELETE" || has("delete") || has("restore")) {
        return "deleting and restoring is not for a training pod";
    }
    if (has("registered-models") || has("model-versions")) {
        return "the model registry is not for a training pod but for registered_model_name; "
               "register a model when its record is sealed";
    }
    if (has("users") || has("permissions") || has("webhooks")) {
        return "users, permissions and webhooks are not for a training pod";
    }
    return "this call is not among those that a training script needs";
}

Match refused(std::string_view method, std::string_view call) {
    return {Route::Refused, std::string(call), "", refusal(method, call)};
}

// An artifact path is decoded once, and refused where a server could read it differently. MLflow's
// client does not encode: of "50%25.txt" it sends what it sends of "50%.txt".
Result<std::string> artifact_path(const std::string& encoded) {
    TRY(std::string path, net::percent_decode(encoded));
    TRY(artifacts::check_manifest_path(path));
    if (path.find('%') != std::string::npos) {
        return failure(ErrorCode::InvalidInput,
                       "a '%' in an artifact's name is refused: MLflow's client sends several "
                       "names as one; rename the file");
    }
    if (clean_text(path, path.size()) != path) {
        return failure(ErrorCode::InvalidInput, "an artifact's name must be UTF-8 without control "
                                                "characters; rename the file");
    }
    return path;
}

} // namespace

Match match_route(std::string_view method, std::string_view path) {
    if (method == "GET" && (path == "/health" || path == "/version")) {
        return {Route::Read, std::string(path.substr(1)), "", ""};
    }
    constexpr std::string_view tracking = "mlflow/";
    constexpr std::string_view store = "mlflow-artifacts/";
    for (const auto prefix : api_prefixes) {
        if (!path.starts_with(prefix)) {
            continue;
        }
        const std::string_view call = path.substr(prefix.size());
        if (call.starts_with(tracking)) {
            Match match = look_up(tracking_routes, method, call.substr(tracking.size()));
            return match.route == Route::Refused ? refused(method, call) : match;
        }
        if (call.starts_with(store)) {
            Match match = look_up(artifact_routes, method, call.substr(store.size()));
            if (match.route != Route::Refused && !match.subject.empty()) {
                auto decoded = artifact_path(match.subject);
                if (!decoded) {
                    return {Route::Refused, std::string(call), "", decoded.error().message};
                }
                match.subject = std::move(*decoded);
            }
            return match.route == Route::Refused ? refused(method, call) : match;
        }
    }
    return refused(method, path);
}

std::string target_of(const Match& match) {
    const std::string& call = match.call;
    const bool artifact = match.route == Route::Upload || match.route == Route::UploadInParts;
    if (!artifact) {
        return "/api/2.0/mlflow/" + call;
    }
    const auto operation = call.substr(0, call.find('/', call.starts_with("mpu/") ? 4 : 0) + 1);
    return "/api/2.0/mlflow-artifacts/" + operation + net::percent_encode(match.subject, "/");
}

} // namespace pedigree::recorder
