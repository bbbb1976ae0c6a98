#include "tests/unit/cli/doctor/cluster_double.h"

#include "base/digest.h"
#include "pipeline/spec/schema.h"

namespace pedigree::cli {

namespace {

// Of nobody: its key was thrown away. Good from 2026-01-01 to 2027-01-01.
constexpr const char* authority = R"(-----BEGIN CERTIFICATE-----
MIIBXzCCAQWgAwIBAgIBATAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBRwZWRpZ3Jl
ZSBvcGVyYXRvciBDQTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMB8x
HTAbBgNVBAMMFHBlZGlncmVlIG9wZXJhdG9yIENBMFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAE0qVbYzrfd+C00iwxYHdj85QbvBpy1Zpe3t5nksi9mjPvjf/KfcMd
knbLbTlmSJZTE6bMzbNcSZRGjjPUrCEUpaMyMDAwDwYDVR0TAQH/BAUwAwEB/zAd
BgNVHQ4EFgQUsfFZUplr7TRr2tO+OdbhBlKjgAcwCgYIKoZIzj0EAwIDSAAwRQIh
AMU2CsO1LGFDQTe+nBL5DDpiiwiZfGmqGTaBLVoliL9TAiBBFq7kcf4fCkc3X9wq
gVP0Z+rt5v9Kq6f+FnhPcZ96AQ==
-----END CERTIFICATE-----
)";

Json named(const std::string& name, const std::string& name_space = "") {
    Json metadata{{"name", name}, {"resourceVersion", "7"}};
    if (!name_space.empty()) {
        metadata["namespace"] = name_space;
    }
    return {{"metadata", std::move(metadata)}};
}

Json condition(const char* type, const char* status) {
    return {{"type", type}, {"status", status}};
}

void put_installation(PathApi& api) {
    Json crd = spec::experiment_crd();
    crd["status"] = {{"storedVersions", Json::array({"v1alpha1"})},
                     {"conditions", Json::array({condition("Established", "True")})}};
    api.objects[paths::crd] = crd;
    Json service = named("v1alpha1.lineage.pedigree.dev");
    service["spec"]["caBundle"] = to_base64(authority);
    service["status"]["conditions"] = Json::array({condition("Available", "True")});
    api.objects[paths::api_service] = service;
    for (const std::string name : {"experiments.pedigree.dev", "objects.pedigree.dev"}) {
        Json policy = named(name), binding = named(name);
        policy["spec"] = {{"failurePolicy", "Fail"}};
        binding["spec"] = {{"policyName", name}, {"validationActions", Json::array({"Deny"})}};
        api.objects[paths::policies + name] = policy;
        api.objects[paths::bindings + name] = binding;
    }
}

void put_operator(PathApi& api) {
    Json deployment = named("pedigree-operator", "pedigree-system");
    deployment["metadata"]["labels"] = {{"app.kubernetes.io/version", PEDIGREE_VERSION}};
    const Json volumes = {{{"name", "database"}, {"secret", {{"secretName", "pedigree-database"}}}},
                          {{"name", "registry"}, {"secret", {{"secretName", "our-registry"}}}},
                          {{"name", "socket"}, {"emptyDir", Json::object()}}};
    deployment["spec"] = {
        {"replicas", 1},
        {"template",
         {{"spec",
           {{"containers",
             {{{"name", "operator"}, {"image", "registry.example.com/pedigree@sha256:00"}}}},
            {"volumes", volumes}}}}}};
    deployment["status"] = {{"availableReplicas", 1}};
    api.objects[paths::deployment] = deployment;
    Json pod = named("pedigree-operator-a", "pedigree-system");
    pod["status"] = {{"phase", "Running"},
                     {"conditions", Json::array({condition("Ready", "True")})}};
    api.objects[paths::pod] = pod;
    Json lease = named("pedigree-operator", "pedigree-system");
    lease["spec"] = {{"holderIdentity", "pedigree-operator-a_1"},
                     {"leaseDurationSeconds", 15},
                     {"renewTime", "2026-01-31T11:59:58.000000Z"}};
    api.objects[paths::lease] = lease;
}

void put_configuration(PathApi& api) {
    const std::string image =
        "registry.example.com/pedigree/pedigree@sha256:" + std::string(64, '0');
    const Json defaults{
        {"registry", {{"host", "registry.example.com"}, {"pullSecretName", "pedigree-pull"}}},
        {"indexUrl", "https://packages.example.com/simple/"},
        {"artifactStore",
         {{"endpoint", "https://s3.example.com"},
          {"bucket", "pedigree"},
          {"secretName", "pedigree-store"}}},
        {"podImage", image}};
    Json map = named("pedigree-config", "pedigree-system");
    map["data"]["config.json"] = Json{{"defaults", defaults}}.dump();
    api.objects[paths::configuration] = map;
}

} // namespace

ClusterDouble::ClusterDouble() {
    put_installation(api);
    put_operator(api);
    put_configuration(api);
    Json place = named("vision");
    place["metadata"]["labels"] = {{"pod-security.kubernetes.io/enforce", "restricted"}};
    api.objects[paths::name_space] = place;
    Json node = named("n1");
    node["status"]["allocatable"] = {{"cpu", "8"}};
    api.objects[paths::node] = node;
    secrets = {"pedigree-system/pedigree-database", "pedigree-system/our-registry",
               "vision/pedigree-pull", "vision/pedigree-store"};
    texts["/version"] = R"({"major": "1", "minor": "34", "gitVersion": "v1.34.1"})";
    texts["/apis/admissionregistration.k8s.io/v1"] =
        R"({"resources": [{"name": "validatingadmissionpolicies"}]})";
    texts["/apis/apiregistration.k8s.io/v1"] = "{}";
    texts[paths::experiments] = "{}";
    texts[paths::lineage] = "{}";
}

} // namespace pedigree::cli
