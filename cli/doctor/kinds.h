#pragma once
// What of an installation has a name that everybody knows: kinds beside those of k8s/object.h, the
// operator's objects, and the policies.

#include "k8s/object.h"

namespace pedigree::cli {

inline constexpr k8s::ResourceType deployments{"apps", "v1", "deployments", "Deployment"};
inline constexpr k8s::ResourceType resource_quotas{"", "v1", "resourcequotas", "ResourceQuota"};
inline constexpr k8s::ResourceType limit_range_kind{"", "v1", "limitranges", "LimitRange"};
inline constexpr k8s::ResourceType resource_definitions{
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition",
    k8s::Scope::Cluster};
inline constexpr k8s::ResourceType admission_policies{
    "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies",
    "ValidatingAdmissionPolicy", k8s::Scope::Cluster};
inline constexpr k8s::ResourceType admission_bindings{
    "admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding", k8s::Scope::Cluster};
inline constexpr k8s::ResourceType self_reviews{"authentication.k8s.io", "v1", "selfsubjectreviews",
                                                "SelfSubjectReview", k8s::Scope::Cluster};
inline constexpr k8s::ResourceType own_access_reviews{
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview",
    k8s::Scope::Cluster};
inline constexpr k8s::ResourceType access_reviews{"authorization.k8s.io", "v1",
                                                  "subjectaccessreviews", "SubjectAccessReview",
                                                  k8s::Scope::Cluster};

constexpr const char* operator_name = "pedigree-operator";
constexpr const char* operator_selector = "app.kubernetes.io/name=pedigree-operator";
constexpr const char* policy_names[] = {"experiments.pedigree.dev", "objects.pedigree.dev"};

} // namespace pedigree::cli
