#include "operator/reconcile/admission.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds admission_known_for{60};

// Null: it is not there, or we may not look.
Result<Json> read(k8s::Api& api, const k8s::ResourceType& type) {
    auto object = api.get(type, {"", objects_policy});
    if (!object && (object.error().code == ErrorCode::NotFound ||
                    object.error().code == ErrorCode::Forbidden)) {
        return Json();
    }
    return object;
}

} // namespace

bool is_in_force(const Json& policy, const Json& binding) {
    const Json& actions = at_path(binding, {"spec", "validationActions"});
    return string_or(at_path(policy, {"spec"}), "failurePolicy", "Fail") == "Fail" &&
           string_or(at_path(binding, {"spec"}), "policyName") == objects_policy &&
           std::find(actions.begin(), actions.end(), Json("Deny")) != actions.end();
}

Result<bool> Admission::in_force(Instant now) {
    if (const auto known = *known_.lock(); known && now < known->until) {
        return known->in_force;
    }
    TRY(const Json policy, read(api_, admission_policies));
    TRY(const Json binding, read(api_, admission_bindings));
    const bool there = !policy.is_null() && is_in_force(policy, binding);
    *known_.lock() = Known{there, now + admission_known_for};
    return there;
}

} // namespace pedigree::control
