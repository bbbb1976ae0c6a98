#pragma once
// Admission: whether the API server keeps others from writing what is ours on Jobs and pods
// (manifests/policies/objects.yaml). Where it does not, each attempt says so. Asked at most once a
// minute, since a policy comes and goes rarely. What may not be read is taken as not there. Any
// thread may call.

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"
#include "k8s/api.h"

namespace pedigree::control {

inline constexpr k8s::ResourceType admission_policies{
    "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies",
    "ValidatingAdmissionPolicy", k8s::Scope::Cluster};
inline constexpr k8s::ResourceType admission_bindings{
    "admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding", k8s::Scope::Cluster};
constexpr const char* objects_policy = "objects.pedigree.dev"; // and its binding

// It is there, bound, and denies. What it says is its installer's affair. Pure.
bool is_in_force(const Json& policy, const Json& binding);

class Admission {
  public:
    explicit Admission(k8s::Api& api) : api_(api) {}

    Result<bool> in_force(Instant now); // errors are the API server's

  private:
    struct Known {
        bool in_force = false;
        Instant until{};
    };

    k8s::Api& api_;
    Sync<std::optional<Known>> known_;
};

} // namespace pedigree::control
