#include "pipeline/plan/command.h"

#include <algorithm>
#include <string_view>

#include "pipeline/spec/canonical.h"

#include "pipeline/spec/syntax.h"

namespace pedigree::plan {
namespace {

using Line = std::vector<std::string>;

// "--augment?": it stands there or not. "--augment/--no-augment": either one.
void append_switch(std::string_view option, bool on, Line& line) {
    if (option.ends_with('?')) {
        option.remove_suffix(1);
        if (on) {
            line.emplace_back(option);
        }
        return;
    }
    const auto slash = option.find('/');
    line.emplace_back(on ? option.substr(0, slash) : option.substr(slash + 1));
}

// An option and each word of the value; without words nothing, so that the script's default holds.
void append_list(std::string_view option, std::string_view value, Line& line) {
    constexpr std::string_view blanks = " \t\n";
    std::size_t at = value.find_first_not_of(blanks);
    if (at != value.npos) {
        line.emplace_back(option);
    }
    while (at != value.npos) {
        const auto end = std::min(value.find_first_of(blanks, at), value.size());
        line.emplace_back(value.substr(at, end - at));
        at = value.find_first_not_of(blanks, end);
    }
}

void append(const std::string& option, const spec::ParameterValue& parameter, Line& line) {
    constexpr std::string_view list_mark = "...";
    const std::string value = spec::parameter_text(parameter);
    if (option.ends_with('=')) {
        line.push_back(option + value);
    } else if (spec::is_switch(option)) {
        append_switch(option, value == "true", line);
    } else if (option.ends_with(list_mark)) {
        append_list(std::string_view(option).substr(0, option.size() - list_mark.size()), value,
                    line);
    } else {
        line.push_back(option);
        line.push_back(value);
    }
}

} // namespace

std::vector<std::string> command_line(const spec::ExperimentSpec& spec) {
    Line line = spec.command;
    for (const auto& [parameter, option] : spec.parameters_as.arguments) {
        const auto found = spec.parameters.find(parameter);
        if (found != spec.parameters.end()) {
            append(option, found->second, line);
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
