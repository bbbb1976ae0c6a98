#include "trackers/clearml/pod.h"

namespace pedigree::trackers::clearml {

PodEnvironment environment(const PodFacts& facts) {
    const std::string base = facts.recorder_url + "/" + endpoint_path;
    PodEnvironment out = {
        {"CLEARML_API_HOST", base + "/api"},
        {"CLEARML_WEB_HOST", base + "/web"},
        {"CLEARML_FILES_HOST", base + "/files"},
        {"CLEARML_API_ACCESS_KEY", "pedigree"},
        {"CLEARML_API_SECRET_KEY", "pedigree"},
        {"CLEARML_API_DEFAULT_REQ_METHOD", "POST"}, // else a GET with a body
        {"CLEARML_TASK_NO_REUSE", "1"}, // else a second script of a pod resets the first one's task
    };
    const std::pair<const char*, const std::string&> optional[] = {
        {"CLEARML_VCS_COMMIT_ID", facts.commit},
        {"CLEARML_VCS_REPO_URL", facts.repository_url},
        {"CLEARML_DOCKER_IMAGE", facts.image}};
    for (const auto& [name, value] : optional) {
        if (!value.empty()) {
            out.emplace_back(name, value);
        }
    }
    return out;
}

} // namespace pedigree::trackers::clearml
