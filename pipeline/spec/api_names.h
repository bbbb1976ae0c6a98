#pragma once
// How our resources are called in the Kubernetes API. records/names.h passes them on, with the
// names that are no part of a spec.

namespace pedigree::spec {

constexpr const char* api_group = "pedigree.dev";
constexpr const char* api_group_version = "v1alpha1"; // within the group
constexpr const char* api_version = "pedigree.dev/v1alpha1";
constexpr const char* experiment_kind = "Experiment";
constexpr const char* experiments_plural = "experiments";

} // namespace pedigree::spec
