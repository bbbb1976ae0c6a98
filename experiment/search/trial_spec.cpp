#include "experiment/search/trial_spec.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/spec/canonical.h"

namespace pedigree::experiment {

std::map<std::string, spec::ParameterValue> parameters_of(const TrialRow& trial) {
    const auto document = parse_json(trial.parameters_json);
    const auto parameters =
        document ? search::parameters_from(*document) : tl::unexpected<Error>(document.error());
    return parameters.value_or(search::Parameters()); // what we wrote ourselves
}

spec::ExperimentSpec spec_of_trial(const spec::ExperimentSpec& spec, const TrialRow& trial) {
    spec::ExperimentSpec own = spec;
    const auto search = parse_json(spec.search_json);
    for (const Json& item : search ? at_path(*search, {"space"}) : Json()) {
        own.parameters.erase(string_or(item, "name"));
    }
    for (const auto& [name, value] : parameters_of(trial)) {
        own.parameters[name] = value;
    }
    return own;
}

std::string fingerprint_of(const ExperimentRow& experiment, const spec::ExperimentSpec& spec,
                           const TrialRow& trial) {
    const Json asked = spec::to_canonical_json(spec_of_trial(spec, trial));
    Json same{{"namespace", experiment.name_space},
              {"image", experiment.image_digest},
              {"tree", experiment.tree},
              {"objective", at_path(asked, {"search", "objective"})}};
    for (const char* field :
         {"project", "command", "parameters", "parametersAs", "inputs", "seed"}) {
        same[field] = at_path(asked, {field});
    }
    return sha256(canonical_json(same)).text();
}

} // namespace pedigree::experiment
