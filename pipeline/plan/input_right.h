#pragma once
// What an input without a Secret of its own may read: of the platform's store, what lies below its
// namespace's keys, for the platform's credential opens every namespace's. To name the platform's
// Secret, which lies in the namespace, is to name none. Pure; prepare asks the same of the
// configuration that it is given (recorder/fetch.h).

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::plan {

constexpr const char* input_not_of_namespace = "InputNotOfNamespace"; // a reason

// One sentence, with the next step, for each s3:// input that may not be read.
std::vector<std::string> input_problems(const spec::ExperimentSpec& spec,
                                        const spec::PlatformStore& store,
                                        std::string_view name_space);

} // namespace pedigree::plan
