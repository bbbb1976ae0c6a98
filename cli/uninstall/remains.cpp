#include "cli/uninstall/remains.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/doctor/kinds.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t names_shown_max = 5;

constexpr k8s::ResourceType cluster_roles{"rbac.authorization.k8s.io", "v1", "clusterroles",
                                          "ClusterRole", k8s::Scope::Cluster};
constexpr k8s::ResourceType cluster_role_bindings{"rbac.authorization.k8s.io", "v1",
                                                  "clusterrolebindings", "ClusterRoleBinding",
                                                  k8s::Scope::Cluster};
constexpr k8s::ResourceType roles{"rbac.authorization.k8s.io", "v1", "roles", "Role"};
constexpr k8s::ResourceType role_bindings{"rbac.authorization.k8s.io", "v1", "rolebindings",
                                          "RoleBinding"};
constexpr k8s::ResourceType flow_schemas{"flowcontrol.apiserver.k8s.io", "v1", "flowschemas",
                                         "FlowSchema", k8s::Scope::Cluster};
constexpr k8s::ResourceType services{"", "v1", "services", "Service"};
constexpr k8s::ResourceType service_accounts{"", "v1", "serviceaccounts", "ServiceAccount"};
constexpr k8s::ResourceType disruption_budgets{"policy", "v1", "poddisruptionbudgets",
                                               "PodDisruptionBudget"};
constexpr k8s::ResourceType network_policies{"networking.k8s.io", "v1", "networkpolicies",
                                             "NetworkPolicy"};

std::string counted(std::size_t number, const char* one, const char* many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string first_names(const std::vector<std::string>& names) {
    const auto shown = std::min(names.size(), names_shown_max);
    const std::string text =
        fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
    return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
}

} // namespace

std::string Remaining::text() const {
    return fmt::format("{} {}", type.kind,
                       key.name_space.empty() ? key.name : key.name_space + "/" + key.name);
}

std::vector<Remaining> objects_before_experiments() {
    std::vector<Remaining> objects{{k8s::api_services, {"", "v1alpha1.lineage.pedigree.dev"}}};
    for (const char* name : policy_names) {
        objects.push_back({admission_bindings, {"", name}});
        objects.push_back({admission_policies, {"", name}});
    }
    return objects;
}

std::vector<Remaining> objects_after_experiments(const std::string& system_namespace) {
    const std::string& where = system_namespace;
    return {{resource_definitions, {"", "experiments.pedigree.dev"}},
            {deployments, {where, operator_name}},
            {services, {where, operator_name}},
            {disruption_budgets, {where, operator_name}},
            {network_policies, {where, operator_name}},
            {k8s::leases, {where, operator_name}},
            {k8s::config_maps, {where, "pedigree-config"}},
            {k8s::secrets, {where, "pedigree-tls"}},
            {role_bindings, {where, operator_name}},
            {roles, {where, operator_name}},
            {role_bindings, {"kube-system", "pedigree-operator-authentication-reader"}},
            {cluster_role_bindings, {"", operator_name}},
            {cluster_roles, {"", operator_name}},
            {cluster_roles, {"", "pedigree-edit"}},
            {cluster_roles, {"", "pedigree-view"}},
            {flow_schemas, {"", "pedigree-leader-election"}},
            {service_accounts, {where, operator_name}},
            {k8s::namespaces, {"", where}}};
}

bool Remains::empty() const {
    return before.empty() && after.empty() && experiments.empty() && jobs.empty();
}

std::string removal_text(const Remains& remains, const std::string& system_namespace) {
    std::string text = "goes, in this order:\n";
    for (const Remaining& object : remains.before) {
        text += fmt::format("  {}\n", object.text());
    }
    if (!remains.experiments.empty()) {
        text += fmt::format("  {} of all namespaces, and their pods\n",
                            counted(remains.experiments.size(), "Experiment", "Experiments"));
    }
    if (!remains.unfinished.empty()) {
        text += fmt::format("    records that stay incomplete: {} ({})\n",
                            remains.unfinished.size(), first_names(remains.unfinished));
    }
    if (!remains.jobs.empty()) {
        text += fmt::format("  {} with the finalizer {}\n",
                            counted(remains.jobs.size(), "Job", "Jobs"), records::finalizer);
    }
    for (const Remaining& object : remains.after) {
        const bool is_namespace = object.type == k8s::namespaces;
        if (!is_namespace || remains.takes_namespace()) {
            text += fmt::format("  {}{}\n", object.text(),
                                is_namespace ? " with all Secrets in it" : "");
        }
    }
    text += "stays:\n"
            "  the database with the history and the ledger, the registry, the artifact store, the "
            "trackers\n"
            "  Secrets in users' namespaces\n";
    if (!remains.takes_namespace()) {
        text += fmt::format("  the namespace {}, which has things of others: {}; helm uninstall "
                            "there, if helm made it\n",
                            system_namespace, first_names(remains.others));
    }
    return text;
}

Json finalizers_left(const Json& object) {
    Json left = Json::array();
    for (const Json& name : at_path(object, {"metadata", "finalizers"})) {
        if (name != records::finalizer) {
            left.push_back(name);
        }
    }
    return left;
}

} // namespace pedigree::cli
