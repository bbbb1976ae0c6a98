#pragma once
// Whose images the platform's own pull Secret opens for an Experiment that names it: those of its
// namespace. It stands in every namespace, so that nodes can pull what was built there, and its
// login may read all that the platform keeps. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::plan {

constexpr const char* image_not_of_namespace = "ImageNotOfNamespace"; // a reason

// One sentence, with the next step, if base or prebuilt may not be read.
std::optional<std::string> image_problem(const spec::ExperimentSpec& spec,
                                         const spec::PlatformRegistry& registry,
                                         std::string_view name_space);

} // namespace pedigree::plan
