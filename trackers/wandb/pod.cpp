#include "trackers/wandb/pod.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_text.h"

namespace pedigree::trackers::wandb {

PodEnvironment environment(const PodFacts& facts) {
    PodEnvironment out = {
        {"WANDB_BASE_URL", facts.recorder_url + "/" + endpoint_path},
        // 0.31 wants 40 characters or more, 0.15.12 exactly 40 where it checks.
        {"WANDB_API_KEY", std::string(40, 'x')},
        {"WANDB_ERROR_REPORTING", "false"}, // else 0.15.12 calls sentry
        // Rows of the last two seconds are what a kill may cost.
        {"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL", "2"},
        {"WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL", "1"},
    };
    const std::pair<const char*, const std::string&> optional[] = {
        {"WANDB_GIT_COMMIT", facts.commit},
        {"WANDB_GIT_REMOTE_URL", facts.repository_url},
        {"WANDB_DOCKER", facts.image}};
    for (const auto& [name, value] : optional) {
        if (!value.empty()) {
            out.emplace_back(name, value);
        }
    }
    return out;
}

std::string sweep_parameters(const std::vector<std::pair<std::string, std::string>>& parameters) {
    Json out{{"wandb_version", 1}};
    for (const auto& [name, text] : parameters) {
        const auto value = parse_json(text);
        out[name] = {{"value", value ? *value : Json(text)}};
    }
    return json_text(out);
}

} // namespace pedigree::trackers::wandb
