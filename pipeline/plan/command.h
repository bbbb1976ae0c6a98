#pragma once
// The command line and environment that an Experiment's parameters turn into. Pure. Texts are in
// canonical form (spec::parameter_text).

#include <map>
#include <string>
#include <vector>

#include "pipeline/spec/experiment.h"

namespace pedigree::plan {

// spec.command with the arguments of parametersAs.arguments appended, ordered by parameter name:
// {"train.epochs": "--epochs"} adds "--epochs", "3"; an option that ends in '=' and its value are
// one. The other forms are those of spec::is_option: a switch adds "--augment" or nothing, or one
// of two; a list adds its option and each word of the value.
std::vector<std::string> command_line(const spec::ExperimentSpec& spec);

// The variables of parametersAs.environment.
std::map<std::string, std::string> parameter_environment(const spec::ExperimentSpec& spec);

} // namespace pedigree::plan
