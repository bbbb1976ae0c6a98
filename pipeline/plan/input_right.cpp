#include "pipeline/plan/input_right.h"

#include <fmt/format.h>

namespace pedigree::plan {

std::vector<std::string> input_problems(const spec::ExperimentSpec& spec,
                                        const spec::PlatformStore& store,
                                        std::string_view name_space) {
    const std::string allowed = fmt::format("s3://{}/{}", store.bucket, store.keys_of(name_space));
    std::vector<std::string> problems;
    for (const spec::InputSpec& input : spec.inputs) {
        const bool own = !input.secret_name.empty() && input.secret_name != store.secret_name;
        if (!own && input.uri.starts_with("s3://") && !input.uri.starts_with(allowed)) {
            problems.push_back(fmt::format(
                "input {}: {} does not lie below {}, and an input without a Secret of your own "
                "reads nothing else; put it there, or name one in spec.inputs.{}.secretName "
                "(E0175)",
                input.name, input.uri, allowed, input.name));
        }
    }
    return problems;
}

} // namespace pedigree::plan
