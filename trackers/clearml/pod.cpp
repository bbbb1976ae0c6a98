#include "trackers/clearml/pod.h"

namespace pedigree::trackers::clearml {

Environment environment(const PodFacts& facts) {
    Environment out = {
        {"CLEARML_API_HOST", facts.base_url + "/api"},
        {"CLEARML_WEB_HOST", facts.base_url + "/web"},
        {"CLEARML_FILES_HOST", facts.base_url + "/files"},
        {"CLEARML_API_ACCESS_KEY", "pedigree"},
        {"CLEARML_API_SECRET_KEY", "pedigree"},
        {"CLEARML_API_DEFAULT_REQ_METHOD", "POST"}, // else a GET with a body
        {"CLEARML_TASK_NO_REUSE", "1"}, // else a second script of a pod resets the first one's task
    };
    const std::pair<const char*, const std::string&> optional[] = {
        {"CLEARML_VCS_COMMIT_ID", facts.commit},        {"CLEARML_VCS_REPO_URL", facts.remote},
        {"CLEARML_VCS_ENTRY_POINT", facts.entry_point}, {"CLEARML_DOCKER_IMAGE", facts.image},
        {"CLEARML_WORKER_NAME", facts.worker},          {"CLEARML_TASK_ID", facts.task_id}};
    for (const auto& [name, value] : optional) {
        if (!value.empty()) {
            out.emplace_back(name, value);
        }
    }
    return out;
}

} // namespace pedigree::trackers::clearml
