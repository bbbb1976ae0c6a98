#include "cli/doctor/look.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "cli/doctor/checks.h"
#include "cli/doctor/kinds.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

// A leader renews each 2 s.
constexpr std::chrono::seconds lease_wait{5};

Seen as_seen(Result<Json> object) {
    return object ? Seen(std::make_shared<const Json>(*std::move(object)))
                  : Seen(tl::unexpected<Error>(std::move(object).error()));
}

Seen found(const Cluster& cluster, const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    return as_seen(cluster.api.get(type, key));
}

Seen fetched(const Cluster& cluster, const std::string& path) {
    TRY(const std::string text, cluster.fetch(path));
    return as_seen(parse_json(text));
}

SeenList listed(const Cluster& cluster, const k8s::ResourceType& type,
                const k8s::ListOptions& options) {
    TRY(k8s::ObjectList list, cluster.api.list(type, options));
    return std::move(list.items);
}

Json object_of(const k8s::ResourceType& type) {
    return {{"apiVersion", type.api_version()}, {"kind", type.kind}};
}

void look_at_server(const Cluster& cluster, Sight& sight) {
    sight.asked_at = cluster.clock.now();
    sight.review = as_seen(cluster.api.create(self_reviews, object_of(self_reviews)));
    sight.answered_at = cluster.clock.now();
    if (sight.review) {
        sight.user = string_or(at_path(**sight.review, {"status", "userInfo"}), "username");
    }
    sight.policy_api = fetched(cluster, "/apis/admissionregistration.k8s.io/v1");
    sight.aggregation_api = fetched(cluster, "/apis/apiregistration.k8s.io/v1");
    sight.experiment_api = fetched(cluster, std::string("/apis/") + records::api_version);
    sight.lineage_api = fetched(cluster, records::lineage_api_root);
}

void look_at_installation(const Cluster& cluster, Sight& sight) {
    sight.crd = found(cluster, resource_definitions, {"", "experiments.pedigree.dev"});
    sight.api_service = found(cluster, k8s::api_services, {"", "v1alpha1.lineage.pedigree.dev"});
    for (const char* name : policy_names) {
        sight.policies.insert_or_assign(name, found(cluster, admission_policies, {"", name}));
        sight.bindings.insert_or_assign(name, found(cluster, admission_bindings, {"", name}));
    }
}

bool is_ready_pod(const Json& pod) {
    for (const Json& condition : at_path(pod, {"status", "conditions"})) {
        if (string_or(condition, "type") == "Ready") {
            return string_or(condition, "status") == "True";
        }
    }
    return false;
}

void look_at_operator(const Cluster& cluster, const LookOptions& options, Sight& sight) {
    const std::string& where = options.system_namespace;
    sight.deployment = found(cluster, deployments, {where, operator_name});
    sight.config_map = found(cluster, k8s::config_maps, {where, "pedigree-config"});
    sight.pods =
        listed(cluster, k8s::pods, {.name_space = where, .label_selector = operator_selector});
    if (sight.pods) {
        for (const k8s::Object& pod : *sight.pods) {
            const std::string name = k8s::key_of(*pod).name;
            const auto log = is_ready_pod(*pod) ? Result<std::string>("")
                                                : cluster.fetch(k8s::pods.path(where, name, "log") +
                                                                "?container=operator&tailLines=50");
            sight.complaints[name] = log ? last_complaint(*log) : "";
        }
    }
    sight.lease = found(cluster, k8s::leases, {where, operator_name});
    if (sight.lease && is_doubtful(**sight.lease, server_time(sight).value_or(sight.answered_at))) {
        options.pause(lease_wait);
        sight.later_lease = found(cluster, k8s::leases, {where, operator_name});
    }
}

Result<bool> is_secret_there(const Cluster& cluster, const k8s::ObjectKey& key) {
    Json secret = object_of(k8s::secrets);
    secret["metadata"] = {{"namespace", key.name_space}, {"name", key.name}};
    const auto judged = cluster.try_create(k8s::secrets, secret);
    if (judged || judged.error().code == ErrorCode::NotFound) { // without a namespace no Secret
        return false;
    }
    if (judged.error().code == ErrorCode::AlreadyExists) {
        return true;
    }
    return tl::unexpected(judged.error());
}

Result<bool> is_allowed(const Cluster& cluster, const k8s::ResourceType& type, Json subject,
                        const k8s::AccessQuestion& question) {
    subject["resourceAttributes"] = {{"verb", question.verb},
                                     {"group", question.group},
                                     {"resource", question.resource},
                                     {"subresource", question.subresource},
                                     {"namespace", question.name_space}};
    Json review = object_of(type);
    review["spec"] = std::move(subject);
    TRY(const Json answer, cluster.api.create(type, review));
    return bool_or(at_path(answer, {"status"}), "allowed");
}

void look_at_rights(const Cluster& cluster, Sight& sight) {
    sight.rights = caller_rights(sight);
    for (SeenRight& right : sight.rights) {
        right.allowed = is_allowed(cluster, own_access_reviews, Json::object(), right.question);
    }
    if (!is_installed(sight)) {
        return; // it has no account yet
    }
    const std::string& where = sight.system_namespace;
    const Json account{
        {"user", "system:serviceaccount:" + where + ":" + operator_name},
        {"groups",
         {"system:serviceaccounts", "system:serviceaccounts:" + where, "system:authenticated"}}};
    sight.operator_rights = operator_account_rights(sight);
    for (SeenRight& right : sight.operator_rights) {
        right.allowed = is_allowed(cluster, access_reviews, account, right.question);
        if (!right.allowed) {
            break; // the next would be refused, too
        }
    }
}

} // namespace

Sight look(const Cluster& cluster, const LookOptions& options) {
    Sight sight;
    sight.name_space = cluster.name_space;
    sight.system_namespace = options.system_namespace;
    sight.before_install = options.before_install;
    sight.version = fetched(cluster, "/version");
    if (!sight.version && ends_the_look(sight.version.error())) {
        return sight;
    }
    look_at_server(cluster, sight);
    look_at_installation(cluster, sight);
    look_at_operator(cluster, options, sight);
    sight.secrets = wanted_secrets(sight);
    for (SeenSecret& secret : sight.secrets) {
        secret.is_there = is_secret_there(cluster, secret.key);
    }
    look_at_rights(cluster, sight);
    sight.object_namespace = found(cluster, k8s::namespaces, {"", sight.name_space});
    sight.quotas = listed(cluster, resource_quotas, {.name_space = sight.name_space});
    sight.limit_ranges = listed(cluster, limit_range_kind, {.name_space = sight.name_space});
    sight.nodes = listed(cluster, k8s::nodes, {});
    return sight;
}

} // namespace pedigree::cli
