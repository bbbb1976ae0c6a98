#include "operator/activity/subject.h"

#include <nlohmann/json.hpp>

#include "pipeline/spec/canonical.h"
#include "pipeline/spec/parse.h"

namespace pedigree::control {

void KnownTargets::remember(const std::string& experiment_uid,
                            records::work::TrackerTarget target) {
    auto targets = targets_.lock();
    if (targets->size() >= known_targets_max && !targets->contains(experiment_uid)) {
        targets->erase(targets->begin());
    }
    targets->insert_or_assign(experiment_uid, std::move(target));
}

std::optional<records::work::TrackerTarget>
KnownTargets::of(const std::string& experiment_uid) const {
    const auto targets = targets_.lock();
    const auto found = targets->find(experiment_uid);
    return found == targets->end() ? std::nullopt : std::optional(found->second);
}

Result<Subject> Subject::load(const OrderSources& from, const PendingActivity& activity) {
    TRY(experiment::History history, from.histories.load(activity.experiment_uid));
    if (!history.experiment) {
        return failure(ErrorCode::NotFound, "no Experiment " + activity.experiment_uid);
    }
    TRY(const Json document, parse_json(history.experiment->spec_json));
    TRY(auto spec, spec::parse(document));
    const experiment::ActivityRow* build = history.activity(experiment::build_activity);
    return Subject{.activity = activity,
                   .from = from,
                   .experiment = *history.experiment,
                   .attempts = std::move(history.attempts),
                   .spec = std::move(spec),
                   .platform = from.configuration.effective(activity.name_space),
                   .build_outcome = build == nullptr ? "" : build->outcome_json};
}

Result<experiment::AttemptRow> Subject::attempt(const std::string& name) const {
    for (const experiment::AttemptRow& row : attempts) {
        if (name == experiment::attempt_name(row.trial, row.number)) {
            return row;
        }
    }
    return failure(ErrorCode::NotFound, "no such attempt: " + name);
}

std::vector<std::string> Subject::pull_secrets() const {
    std::vector<std::string> names;
    for (const std::string& name :
         {platform.registry.pull_secret_name, spec.image.pull_secret_name}) {
        if (!name.empty()) {
            names.push_back(name);
        }
    }
    return names;
}

std::map<std::string, std::string> Subject::parameter_texts() const {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : spec.parameters) {
        texts[name] = spec::parameter_text(value);
    }
    return texts;
}

std::string Subject::repository() const {
    return platform.registry.repository_of(experiment.name_space);
}

records::work::WorkRequest Subject::request(records::work::WorkKind kind,
                                            std::int64_t seconds) const {
    return request_for(kind, activity.experiment_uid + "/" + activity.row.key.text(), seconds,
                       platform);
}

} // namespace pedigree::control
