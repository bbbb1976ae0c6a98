#include "pipeline/plan/command.h"

#include "pipeline/spec/canonical.h"

namespace pedigree::plan {

std::vector<std::string> command_line(const spec::ExperimentSpec& spec) {
    std::vector<std::string> line = spec.command;
    for (const auto& [parameter, option] : spec.parameters_as.arguments) {
        const auto found = spec.parameters.find(parameter);
        if (found != spec.parameters.end()) {
            const std::string value = spec::parameter_text(found->second);
            if (option.ends_with('=')) {
                line.push_back(option + value);
            } else {
                line.push_back(option);
                line.push_back(value);
            }
        }
    }
    return line;
}

std::map<std::string, std::string> parameter_environment(const spec::ExperimentSpec& spec) {
    std::map<std::string, std::string> variables;
    for (const auto& [parameter, variable] : spec.parameters_as.environment) {
        const auto found = spec.parameters.find(parameter);
        if (found != spec.parameters.end()) {
            variables[variable] = spec::parameter_text(found->second);
        }
    }
    return variables;
}

} // namespace pedigree::plan
