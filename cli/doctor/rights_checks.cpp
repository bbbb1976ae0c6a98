#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/doctor/checks.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

constexpr const char* lineage_group = "lineage.pedigree.dev";

// What somebody who installs creates; without one of them an installation stops half-way.
struct Installed {
    const char* group;
    const char* resource;
    bool namespaced;
};
constexpr Installed installed[] = {
    {"apiextensions.k8s.io", "customresourcedefinitions", false},
    {"admissionregistration.k8s.io", "validatingadmissionpolicies", false},
    {"admissionregistration.k8s.io", "validatingadmissionpolicybindings", false},
    {"apiregistration.k8s.io", "apiservices", false},
    {"flowcontrol.apiserver.k8s.io", "flowschemas", false},
    {"rbac.authorization.k8s.io", "clusterroles", false},
    {"rbac.authorization.k8s.io", "clusterrolebindings", false},
    {"rbac.authorization.k8s.io", "roles", true},
    {"rbac.authorization.k8s.io", "rolebindings", true},
    {"", "serviceaccounts", true},
    {"", "services", true},
    {"", "secrets", true},
    {"", "configmaps", true},
    {"apps", "deployments", true},
    {"policy", "poddisruptionbudgets", true},
    {"networking.k8s.io", "networkpolicies", true},
};

// What the operator's work needs first of manifests/base/rbac.yaml; a test compares.
struct Needed {
    const char* verb;
    const char* group;
    const char* resource;
    const char* subresource;
};
constexpr Needed needed[] = {
    {"list", records::api_group, "experiments", ""},
    {"watch", records::api_group, "experiments", ""},
    {"patch", records::api_group, "experiments", ""},
    {"patch", records::api_group, "experiments", "status"},
    {"update", records::api_group, "experiments", "finalizers"},
    {"create", "batch", "jobs", ""},
    {"list", "batch", "jobs", ""},
    {"patch", "batch", "jobs", ""},
    {"delete", "batch", "jobs", ""},
    {"list", "", "pods", ""},
    {"delete", "", "pods", ""},
    {"get", "", "pods", "log"},
    {"create", "networking.k8s.io", "networkpolicies", ""},
    {"create", "", "configmaps", ""},
    {"get", "", "secrets", ""},
    {"create", "", "events", ""},
};

std::string question_text(const k8s::AccessQuestion& question) {
    return fmt::format("{} {}{}{}{}{}", question.verb, question.resource,
                       question.subresource.empty() ? "" : "/", question.subresource,
                       question.group.empty() ? "" : ".", question.group);
}

Check caller_check(const SeenRight& right, const Sight& sight) {
    if (!right.allowed) {
        return Check::unknown("Right", right.allowed.error()).of(right.action);
    }
    const std::string who = sight.user.empty() ? "you" : sight.user;
    const std::string& where = right.question.name_space;
    if (*right.allowed) {
        return Check::ok("Right",
                         fmt::format("{} may{}{}", who, where.empty() ? "" : ", in ", where))
            .of(right.action);
    }
    const bool writes = right.action == "submit" || right.action == "cancel";
    return Check::finding("Right",
                          fmt::format("{} may not {}{}{}", who, question_text(right.question),
                                      where.empty() ? "" : " in ", where),
                          sight.before_install ? std::string("install as a cluster's administrator")
                                               : fmt::format("ask for the role {} in {}",
                                                             writes ? "edit" : "view", where))
        .of(right.action);
}

Check operator_rights_check(const Sight& sight) {
    std::vector<std::string> missing;
    for (const SeenRight& right : sight.operator_rights) {
        if (!right.allowed) {
            return Check::unknown("OperatorRights", right.allowed.error());
        }
        if (!*right.allowed) {
            missing.push_back(question_text(right.question));
        }
    }
    const std::string account =
        fmt::format("the account pedigree-operator of {}", sight.system_namespace);
    return missing.empty()
               ? Check::ok("OperatorRights", fmt::format("{} has what was asked for in {}", account,
                                                         sight.name_space))
               : Check::finding("OperatorRights",
                                fmt::format("{} may not {}", account, fmt::join(missing, ", ")),
                                "put ClusterRole and ClusterRoleBinding pedigree-operator back: "
                                "helm upgrade, or kubectl apply --server-side -k");
}

} // namespace

std::vector<SeenRight> caller_rights(const Sight& sight) {
    std::vector<SeenRight> rights;
    if (sight.before_install) {
        for (const Installed& kind : installed) {
            const std::string where = kind.namespaced ? sight.system_namespace : "";
            rights.push_back({fmt::format("install {}", kind.resource),
                              {"create", kind.group, kind.resource, "", where, ""}});
        }
        return rights;
    }
    const std::string& where = sight.name_space;
    const std::string group = records::api_group;
    const std::string resource = records::experiments_plural;
    rights.push_back({"submit", {"create", group, resource, "", where, ""}});
    rights.push_back({"view", {"list", group, resource, "", where, ""}});
    rights.push_back({"cancel", {"patch", group, resource, "", where, ""}});
    rights.push_back({"trace", {"get", lineage_group, "traces", "", where, ""}});
    return rights;
}

std::vector<SeenRight> operator_account_rights(const Sight& sight) {
    std::vector<SeenRight> rights;
    for (const Needed& right : needed) {
        rights.push_back(
            {"",
             {right.verb, right.group, right.resource, right.subresource, sight.name_space, ""}});
    }
    return rights;
}

std::vector<Check> rights_checks(const Sight& sight) {
    std::vector<Check> checks;
    for (const SeenRight& right : sight.rights) {
        checks.push_back(caller_check(right, sight));
    }
    if (!sight.operator_rights.empty()) {
        checks.push_back(operator_rights_check(sight));
    }
    return checks;
}

} // namespace pedigree::cli
