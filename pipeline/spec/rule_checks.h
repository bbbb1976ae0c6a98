#pragma once
// The checks of rules that are more than a grammar of one string: each gives the violations of the
// node at its rule's location (rules.cpp). They read what they need with care where a sibling may
// be of a wrong type. Pure.

#include "base/json.h"
#include "pipeline/spec/rules.h"

namespace pedigree::spec::checks {

using Violations = std::vector<Violation>;

Violations relative_path(const Json& node);
Violations optional_relative_path(const Json& node);
Violations subdirectory(const Json& node);
Violations bytes(const Json& node);
Violations optional_bytes(const Json& node);
Violations one_of_ref_and_commit(const Json& git);
Violations secret_with_ssh(const Json& git);
Violations one_of_base_and_prebuilt(const Json& image);
Violations lock_file_with_base(const Json& image);
Violations command(const Json& node);
Violations parameter_names(const Json& parameters);
Violations parameter_scalars(const Json& parameters);
Violations parameter_strings(const Json& parameters);
Violations parameter_bytes(const Json& parameters);
Violations parameter_numbers(const Json& parameters);
Violations options(const Json& arguments);
Violations variables(const Json& environment);
Violations known_parameters(const Json& spec);
Violations switches_are_booleans(const Json& spec);
Violations mount_paths(const Json& inputs);
Violations gpu_product(const Json& gpu);
Violations shared_memory(const Json& resources);
Violations memory_limit(const Json& spec);
Violations object_name(const Json& document);

} // namespace pedigree::spec::checks
