#include "trackers/mlflow/context.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::trackers::mlflow {

std::map<std::string, std::string> context_tags(const ContextFacts& facts) {
    std::map<std::string, std::string> tags{
        {tag_experiment, facts.experiment_uid},
        {"pedigree.name", facts.experiment_name},
        {tag_attempt, facts.attempt_uid},
        {tag_trial, facts.trial},
        {tag_parent, facts.parent_run_id},
        {"mlflow.source.type", "JOB"},
        {"mlflow.source.git.commit", facts.commit},
        {"mlflow.source.git.repoURL", facts.repository_url},
        {"mlflow.docker.image.uri", facts.image},
        {"mlflow.project.backend", "pedigree"},
    };
    std::erase_if(tags, [](const auto& tag) { return tag.second.empty(); });
    return tags;
}

std::string run_context(const std::map<std::string, std::string>& tags) {
    return canonical_json(Json(tags));
}

} // namespace pedigree::trackers::mlflow
