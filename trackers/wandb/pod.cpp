#include "trackers/wandb/pod.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_text.h"
#include "records/pod/paths.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr const char* parameters_file_name = "wandb-parameters.json";

Json parameters_of(const PodFacts& facts) {
    const auto document = parse_json(facts.parameters_json);
    return document && document->is_object() ? *document : Json::object();
}

} // namespace

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
    if (!parameters_of(facts).empty()) {
        out.emplace_back("WANDB_SWEEP_PARAM_PATH",
                         std::string(records::pod::tools_directory) + "/" + parameters_file_name);
    }
    return out;
}

std::vector<PodFile> files(const PodFacts& facts) {
    const Json parameters = parameters_of(facts);
    if (parameters.empty()) {
        return {};
    }
    Json document{{"wandb_version", 1}};
    for (const auto& [name, value] : parameters.items()) {
        if (name != "wandb_version" && name != "_wandb") { // the file's own
            document[name] = {{"value", value}};
        }
    }
    return {{parameters_file_name, json_text(document)}};
}

} // namespace pedigree::trackers::wandb
