#include "operator/activity/subject.h"

#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "pipeline/spec/canonical.h"
#include "pipeline/spec/parse.h"
#include "records/names.h"

namespace pedigree::control {

Result<InputMaker::Subject> InputMaker::Subject::load(State& state, const PendingActivity& activity,
                                                      const spec::Configuration& configuration) {
    TRY(experiment::History history, state.load(activity.experiment_uid));
    if (!history.experiment) {
        return failure(ErrorCode::NotFound, "no Experiment " + activity.experiment_uid);
    }
    TRY(const Json document, parse_json(history.experiment->spec_json));
    TRY(auto spec, spec::parse(document));
    const experiment::ActivityRow* build = history.activity(experiment::build_activity);
    return Subject{.experiment = *history.experiment,
                   .attempts = std::move(history.attempts),
                   .spec = std::move(spec),
                   .platform = configuration.effective(activity.name_space),
                   .build_outcome = build == nullptr ? "" : build->outcome_json};
}

Result<experiment::AttemptRow> InputMaker::Subject::attempt(const std::string& name) const {
    for (const experiment::AttemptRow& row : attempts) {
        if (name == experiment::attempt_name(row.trial, row.number)) {
            return row;
        }
    }
    return failure(ErrorCode::Internal, "no such attempt: " + name);
}

std::vector<std::string> InputMaker::Subject::pull_secrets() const {
    std::vector<std::string> names;
    for (const std::string& name :
         {platform.registry.pull_secret_name, spec.image.pull_secret_name}) {
        if (!name.empty()) {
            names.push_back(name);
        }
    }
    return names;
}

std::map<std::string, std::string> InputMaker::Subject::parameter_texts() const {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : spec.parameters) {
        texts[name] = spec::parameter_text(value);
    }
    return texts;
}

} // namespace pedigree::control
