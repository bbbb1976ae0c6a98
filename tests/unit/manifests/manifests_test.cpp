// What the manifests promise about rights and confinement (SECURITY.md), read from the files.

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/search/document/read_study.h"
#include "pipeline/spec/schema.h"
#include "pipeline/spec/yaml.h"
#include "tests/checkout/checkout.h"

namespace pedigree {
namespace {

std::vector<Json> documents_in(const std::filesystem::path& path) {
    const std::string text = read_file(path).value();
    std::vector<Json> documents;
    const std::string separator = "\n---\n";
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(separator, begin), text.size());
        const auto document = spec::parse_yaml(text.substr(begin, end - begin));
        EXPECT_TRUE(document) << path << ": " << document.error().message;
        if (document) {
            documents.push_back(*document);
        }
        begin = end + separator.size();
    }
    return documents;
}

std::vector<Json> all_of_kind(const std::string& kind) {
    std::vector<Json> found;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(checkout_path("manifests"))) {
        const bool sample = entry.path().string().find("/samples/") != std::string::npos;
        if (entry.path().extension() != ".yaml" || sample) {
            continue;
        }
        for (Json& document : documents_in(entry.path())) {
            if (string_or(document, "kind") == kind) {
                found.push_back(std::move(document));
            }
        }
    }
    return found;
}

bool lists(const Json& list, const std::string& word) {
    return std::find(list.begin(), list.end(), Json(word)) != list.end();
}

std::vector<Json> rules_of(const std::string& kind) {
    std::vector<Json> rules;
    for (const Json& role : all_of_kind(kind)) {
        for (const Json& rule : role["rules"]) {
            rules.push_back(rule);
        }
    }
    return rules;
}

Json without_transition_rules(Json schema) {
    schema.erase("x-kubernetes-validations");
    for (auto& [name, part] : schema.items()) {
        if (part.is_structured()) {
            part = part.is_object() ? without_transition_rules(part) : part;
        }
    }
    return schema;
}

// spec.search stands in the CRD and, for files of its own, in the library of the search.
TEST(Crd, HasTheSchemaOfTheSearch) {
    Json in_crd = without_transition_rules(spec::experiment_spec_schema()["properties"]["search"]);
    in_crd.erase("description");
    EXPECT_EQ(in_crd, search::search_schema());
}

TEST(Rbac, HasNoWildcard) {
    for (const std::string kind : {"ClusterRole", "Role"}) {
        const auto rules = rules_of(kind);
        ASSERT_FALSE(rules.empty()) << kind;
        for (const Json& rule : rules) {
            for (const std::string list : {"apiGroups", "resources", "verbs", "resourceNames"}) {
                EXPECT_FALSE(lists(at_path(rule, {list}), "*")) << rule;
            }
        }
    }
}

// In users' namespaces single Secrets are read; in our own the shipped one is updated.
TEST(Rbac, NeverListsOrMakesSecrets) {
    for (const Json& rule : rules_of("ClusterRole")) {
        if (lists(rule["resources"], "secrets")) {
            EXPECT_EQ(rule["verbs"], Json::array({"get"}));
        }
    }
    for (const Json& rule : rules_of("Role")) {
        if (lists(rule["resources"], "secrets")) {
            EXPECT_EQ(rule["resourceNames"], Json::array({"pedigree-tls"}));
            EXPECT_FALSE(lists(rule["verbs"], "create"));
            EXPECT_FALSE(lists(rule["verbs"], "list"));
        }
    }
}

TEST(Rbac, TouchesOnlyOurApiService) {
    for (const Json& rule : rules_of("ClusterRole")) {
        if (lists(rule["resources"], "apiservices")) {
            EXPECT_EQ(rule["resourceNames"], Json::array({"v1alpha1.lineage.pedigree.dev"}));
        }
    }
}

Json operator_pod() {
    const auto deployments = all_of_kind("Deployment");
    EXPECT_EQ(deployments.size(), 1U);
    return deployments.at(0)["spec"]["template"]["spec"];
}

Json container(const std::string& name) {
    const Json pod = operator_pod();
    for (const Json& entry : pod["containers"]) {
        if (entry["name"] == name) {
            return entry;
        }
    }
    ADD_FAILURE() << "no container " << name;
    return {};
}

TEST(Deployment, IsRestricted) {
    const Json pod = operator_pod();
    EXPECT_EQ(pod["automountServiceAccountToken"], false);
    EXPECT_EQ(at_path(pod, {"securityContext", "runAsNonRoot"}), true);
    EXPECT_EQ(at_path(pod, {"securityContext", "seccompProfile", "type"}), "RuntimeDefault");
    for (const Json& entry : pod["containers"]) {
        const Json& context = entry["securityContext"];
        EXPECT_EQ(context["allowPrivilegeEscalation"], false) << entry["name"];
        EXPECT_EQ(context["readOnlyRootFilesystem"], true) << entry["name"];
        EXPECT_EQ(at_path(context, {"capabilities", "drop"}), Json::array({"ALL"}))
            << entry["name"];
        EXPECT_TRUE(at_path(entry, {"resources", "limits"}).contains("memory")) << entry["name"];
    }
}

// The worker meets bytes and hosts from outside: it gets neither the cluster's token nor a
// credential.
TEST(Deployment, GivesTheWorkerNothingToLose) {
    const Json pod = operator_pod();
    const Json worker = container("worker");
    for (const Json& mount : worker["volumeMounts"]) {
        for (const Json& volume : pod["volumes"]) {
            if (volume["name"] == mount["name"]) {
                EXPECT_TRUE(volume.contains("emptyDir")) << volume;
            }
        }
    }
    EXPECT_FALSE(worker.contains("envFrom"));
}

TEST(Namespace, EnforcesRestrictedPods) {
    const auto namespaces = all_of_kind("Namespace");
    ASSERT_EQ(namespaces.size(), 1U);
    EXPECT_EQ(namespaces[0]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"],
              "restricted");
}

TEST(Secret, IsShippedEmpty) {
    for (const Json& secret : all_of_kind("Secret")) {
        EXPECT_FALSE(secret.contains("data") || secret.contains("stringData"));
    }
}

} // namespace
} // namespace pedigree
