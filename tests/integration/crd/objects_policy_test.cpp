// The real API server's verdict on who may write what pedigree writes on Jobs, pods, ConfigMaps and
// NetworkPolicies: each key by each principal. Requests are dry runs as that user (impersonated by
// an administrator, in a group that RBAC lets do everything, so that the policy alone decides), but
// for the objects that are changed; a Job that is suspended, and a pod that no scheduler takes.

#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/integration/crd/api_server_test.h"

namespace pedigree {
namespace {

const std::string operators = "system:serviceaccount:pedigree-system:pedigree-operator";
const std::string job_controller = "system:serviceaccount:kube-system:job-controller";
const std::string collector = "system:serviceaccount:kube-system:generic-garbage-collector";
const std::string kubelet = "system:node:node-1";
const std::string kueue = "system:serviceaccount:kueue-system:kueue-controller-manager";
const std::string editor = "ada@example.com";
const std::set<std::string> everybody{operators, job_controller, collector, kubelet, kueue, editor};

struct Row {
    std::string what;
    std::string path; // below the namespace's; "" : what is created
    Json body;        // a merge patch, or the object
    std::set<std::string> allowed;
};

const Json pod_spec{
    {"restartPolicy", "Never"},
    {"automountServiceAccountToken", false}, // or admission adds a mount, which a patch would drop
    {"containers", Json::array({{{"name", "train"}, {"image", "registry.example.com/x:1"}}})}};

Json job_named(const std::string& name, const Json& metadata, const Json& template_labels) {
    Json job{{"apiVersion", "batch/v1"},
             {"kind", "Job"},
             {"metadata", metadata},
             {"spec",
              {{"suspend", true},
               {"template", {{"metadata", {{"labels", template_labels}}}, {"spec", pod_spec}}}}}};
    job["metadata"]["name"] = name;
    return job;
}

Json pod_named(const std::string& name, const Json& metadata) {
    Json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", pod_spec}};
    pod["metadata"]["name"] = name;
    pod["spec"]["schedulingGates"] = Json::array({{{"name", "test.pedigree.dev/never"}}});
    return pod;
}

Json config_map_named(const std::string& name, const Json& metadata) {
    Json map{{"apiVersion", "v1"},
             {"kind", "ConfigMap"},
             {"metadata", metadata},
             {"immutable", true},
             {"data", {{"configuration.json", "{}"}}}};
    map["metadata"]["name"] = name;
    return map;
}

Json network_policy_named(const std::string& name, const Json& metadata) {
    Json policy{{"apiVersion", "networking.k8s.io/v1"},
                {"kind", "NetworkPolicy"},
                {"metadata", metadata},
                {"spec",
                 {{"podSelector", {{"matchLabels", {{"pedigree.dev/auxiliary", "ours"}}}}},
                  {"policyTypes", Json::array({"Egress"})}}}};
    policy["metadata"]["name"] = name;
    return policy;
}

class ObjectsPolicyTest : public ApiServerTest {
  protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(ApiServerTest::SetUp());
        ASSERT_NO_FATAL_FAILURE(apply_policy("policies/objects.yaml", "objects.pedigree.dev"));
        ASSERT_NO_FATAL_FAILURE(make_namespace("objects-test"));
        make_objects();
    }

    void TearDown() override {
        send_as(operators, "PATCH", jobs() + "/ours", {{"metadata", {{"finalizers", nullptr}}}});
        ApiServerTest::TearDown();
    }

    net::Response send_as(const std::string& user, const std::string& method,
                          const std::string& path, const Json& body) {
        return send(method, path, body.dump(),
                    method == "PATCH" ? "application/merge-patch+json" : "application/json", user);
    }

    std::string jobs() const {
        return fmt::format("/apis/batch/v1/namespaces/{}/jobs", name_space_);
    }
    std::string config_maps() const {
        return fmt::format("/api/v1/namespaces/{}/configmaps", name_space_);
    }
    std::string network_policies() const {
        return fmt::format("/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies", name_space_);
    }
    std::string pods() const { return fmt::format("/api/v1/namespaces/{}/pods", name_space_); }

    // Owned by a ConfigMap, so that no controller takes an interest in them.
    void make_objects() {
        const Json owner = Json::parse(
            send_as("", "POST", fmt::format("/api/v1/namespaces/{}/configmaps", name_space_),
                    {{"metadata", {{"name", "owner"}}}})
                .body);
        owners_ = Json::array({{{"apiVersion", "v1"},
                                {"kind", "ConfigMap"},
                                {"name", "owner"},
                                {"uid", at_path(owner, {"metadata", "uid"})},
                                {"controller", true}}});
        const Json labels{{"pedigree.dev/experiment", "uid"},
                          {"app.kubernetes.io/managed-by", "pedigree"}};
        Json metadata{{"labels", labels}, {"ownerReferences", owners_}};
        Json of_job = metadata;
        of_job["annotations"] = {{"pedigree.dev/intent", "nonce"}};
        of_job["finalizers"] = Json::array({"pedigree.dev/record"});
        const auto job = send_as(operators, "POST", jobs(), job_named("ours", of_job, labels));
        ASSERT_EQ(job.status, 201) << job.body;
        const auto map =
            send_as(operators, "POST", config_maps(), config_map_named("ours", metadata));
        ASSERT_EQ(map.status, 201) << map.body;
        Json around{{"labels", {{"pedigree.dev/auxiliary", "ours"}}},
                    {"annotations", {{"pedigree.dev/intent", "nonce"}}},
                    {"ownerReferences", owners_}};
        const auto policy =
            send_as(operators, "POST", network_policies(), network_policy_named("ours", around));
        ASSERT_EQ(policy.status, 201) << policy.body;
        metadata["labels"]["batch.kubernetes.io/job-name"] = "ours";
        // The namespace's account is made a moment after it, and no pod before that.
        net::Response pod;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (pod.status != 201 && std::chrono::steady_clock::now() < end) {
            pod = send_as(job_controller, "POST", pods(), pod_named("ours", metadata));
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
        ASSERT_EQ(pod.status, 201) << pod.body;
        wait_until_in_force();
    }

    // A policy that changed is in force a moment later.
    void wait_until_in_force() {
        const Row row{"", jobs() + "/ours", {{"metadata", {{"labels", nullptr}}}}, {}};
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!is_refused(row, editor) && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }

    bool is_refused(const Row& row, const std::string& user) {
        const bool patch = row.path.find("/ours") != std::string::npos;
        const auto response =
            send_as(user, patch ? "PATCH" : "POST", row.path + "?dryRun=All", row.body);
        const bool by_policy = response.body.find("objects.pedigree.dev") != std::string::npos;
        EXPECT_TRUE(by_policy || response.ok())
            << row.what << " by " << user << ": " << response.body;
        return by_policy;
    }

    void expect_table(const std::vector<Row>& rows) {
        for (const Row& row : rows) {
            for (const std::string& user : everybody) {
                EXPECT_EQ(is_refused(row, user), !row.allowed.contains(user))
                    << row.what << " by " << user;
            }
        }
    }

    Json owners_;
};

Json metadata_of(const std::string& field, const std::string& key, const Json& value) {
    return {{"metadata", {{field, {{key, value}}}}}};
}

TEST_F(ObjectsPolicyTest, OursOnJobsIsWrittenByTheOperatorAlone) {
    const std::set<std::string> us{operators, collector};
    const std::string ours = jobs() + "/ours";
    expect_table({
        {"label taken", ours, metadata_of("labels", "pedigree.dev/experiment", nullptr), us},
        {"label changed", ours, metadata_of("labels", "pedigree.dev/experiment", "other"), us},
        {"label added", ours, metadata_of("labels", "pedigree.dev/trial", "7"), us},
        {"managed-by", ours, metadata_of("labels", "app.kubernetes.io/managed-by", nullptr), us},
        {"intent", ours, metadata_of("annotations", "pedigree.dev/intent", "copied"), us},
        {"finalizers", ours, {{"metadata", {{"finalizers", nullptr}}}}, us},
        {"owners", ours, {{"metadata", {{"ownerReferences", nullptr}}}}, us},
        {"label of the template",
         ours,
         {{"spec", {{"template", metadata_of("labels", "pedigree.dev/experiment", "other")}}}},
         us},
        {"label through the status", ours + "/status",
         metadata_of("labels", "pedigree.dev/experiment", nullptr), us},
        {"requested-by", ours, metadata_of("annotations", "pedigree.dev/requested-by", "ada"),
         everybody},
        {"hosts", ours, metadata_of("annotations", "pedigree.dev/hosts", "x"), everybody},
        {"abandon-record", ours, metadata_of("annotations", "pedigree.dev/abandon-record", "true"),
         everybody},
        {"a label of one's own", ours, metadata_of("labels", "team", "vision"), everybody},
        {"what Kueue does",
         ours,
         {{"metadata", {{"labels", {{"kueue.x-k8s.io/queue-name", "gpu"}}}}},
          {"spec",
           {{"suspend", false}, {"template", {{"spec", {{"nodeSelector", {{"pool", "gpu"}}}}}}}}}},
         everybody},
    });
}

TEST_F(ObjectsPolicyTest, OursOnWhatIsLaidForPodsIsWrittenByTheOperatorAlone) {
    const std::set<std::string> us{operators, collector};
    const std::string map = config_maps() + "/ours", policy = network_policies() + "/ours";
    expect_table({
        {"label taken off a ConfigMap", map,
         metadata_of("labels", "pedigree.dev/experiment", nullptr), us},
        {"label changed", map, metadata_of("labels", "pedigree.dev/experiment", "other"), us},
        {"managed-by", map, metadata_of("labels", "app.kubernetes.io/managed-by", nullptr), us},
        {"annotation", map, metadata_of("annotations", "pedigree.dev/intent", "x"), us},
        {"owners", map, {{"metadata", {{"ownerReferences", nullptr}}}}, us},
        {"finalizer",
         map,
         {{"metadata", {{"finalizers", Json::array({"pedigree.dev/record"})}}}},
         us},
        {"a label of one's own", map, metadata_of("labels", "team", "vision"), everybody},
        {"label taken off a NetworkPolicy", policy,
         metadata_of("labels", "pedigree.dev/auxiliary", nullptr), us},
        {"intent", policy, metadata_of("annotations", "pedigree.dev/intent", "copied"), us},
        {"owners", policy, {{"metadata", {{"ownerReferences", nullptr}}}}, us},
        {"what it lets through",
         policy,
         {{"spec", {{"egress", Json::array({Json::object()})}}}},
         us},
        {"a label of one's own", policy, metadata_of("labels", "team", "vision"), everybody},
    });
}

TEST_F(ObjectsPolicyTest, OursOnPodsIsWrittenByTheJobControllerAlone) {
    const std::set<std::string> us{job_controller, collector};
    const std::string ours = pods() + "/ours";
    expect_table({
        {"label taken", ours, metadata_of("labels", "pedigree.dev/experiment", nullptr), us},
        {"label of the Job", ours, metadata_of("labels", "batch.kubernetes.io/job-name", nullptr),
         us},
        {"managed-by", ours, metadata_of("labels", "app.kubernetes.io/managed-by", "x"), us},
        {"finalizers",
         ours,
         {{"metadata", {{"finalizers", Json::array({"batch.kubernetes.io/job-tracking"})}}}},
         us},
        {"owners", ours, {{"metadata", {{"ownerReferences", nullptr}}}}, us},
        {"image",
         ours,
         {{"spec",
           {{"containers",
             Json::array({{{"name", "train"}, {"image", "registry.example.com/y:1"}}})}}}},
         us},
        {"status",
         ours + "/status",
         {{"status", {{"conditions", Json::array({{{"type", "Ready"}, {"status", "False"}}})}}}},
         everybody},
        {"a label of one's own", ours, metadata_of("labels", "team", "vision"), everybody},
        {"abandon-record", ours, metadata_of("annotations", "pedigree.dev/abandon-record", "true"),
         everybody},
    });
    // The API server itself keeps kubelets from labels where NodeRestriction is on.
    const Row label{"label through the status", ours + "/status",
                    metadata_of("labels", "pedigree.dev/experiment", nullptr), us};
    for (const std::string& user : {editor, kueue, operators}) {
        EXPECT_TRUE(is_refused(label, user)) << user;
    }
}

TEST_F(ObjectsPolicyTest, NobodyElseMakesWhatLooksLikeOurs) {
    const Json label{{"labels", {{"pedigree.dev/experiment", "uid"}}}};
    Json owners = owners_;
    owners[0]["apiVersion"] = "pedigree.dev/v1alpha1";
    owners[0]["kind"] = "Experiment";
    Json tooled{{"annotations", {{"pedigree.dev/configuration", "sha256:x"}}}};
    tooled["ownerReferences"] = owners_;
    const std::set<std::string> job_makers{operators, collector};
    expect_table({
        {"Job with our label", jobs(), job_named("forged", label, Json::object()), job_makers},
        {"Job with our finalizer", jobs(),
         job_named("forged", {{"finalizers", Json::array({"pedigree.dev/record"})}},
                   Json::object()),
         job_makers},
        {"Job with our owner", jobs(),
         job_named("forged", {{"ownerReferences", owners}}, Json::object()), job_makers},
        {"Job whose pods get our label", jobs(),
         job_named("forged", Json::object(), {{"pedigree.dev/experiment", "uid"}}), job_makers},
        {"Job of one's own", jobs(), job_named("own", Json::object(), Json::object()), everybody},
        {"ConfigMap with our label", config_maps(), config_map_named("forged", label), job_makers},
        {"ConfigMap with our owner", config_maps(),
         config_map_named("forged", {{"ownerReferences", owners}}), job_makers},
        {"ConfigMap of one's own", config_maps(), config_map_named("own", Json::object()),
         everybody},
        {"NetworkPolicy with our label", network_policies(), network_policy_named("forged", label),
         job_makers},
        {"NetworkPolicy of one's own", network_policies(),
         network_policy_named("own", Json::object()), everybody},
        {"pod with our label", pods(), pod_named("forged", label), {job_controller, collector}},
        {"pod of one's own", pods(), pod_named("own", {{"labels", {{"team", "vision"}}}}),
         everybody},
        {"pod of the operator's Deployment", pods(), pod_named("own", tooled), everybody},
    });
}

} // namespace
} // namespace pedigree
