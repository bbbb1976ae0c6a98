#include <gmock/gmock.h>

#include "cli/gpus/usage.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Json gpu_container(const std::string& gpus, const std::string& resource = "nvidia.com/gpu") {
    return {{"name", "train"}, {"resources", {{"limits", {{resource, gpus}}}}}};
}

struct PodState {
    std::string name, name_space = "vision", experiment = {}, node = {}, phase = "Running";
    std::string gpus = "1";
};

Json gpu_pod(const PodState& state) {
    Json labels = Json::object();
    if (!state.experiment.empty()) {
        labels = {{"pedigree.dev/experiment-name", state.experiment},
                  {"pedigree.dev/trial", "3"},
                  {"pedigree.dev/attempt", "2"}};
    }
    Json object{{"metadata",
                 {{"name", state.name},
                  {"namespace", state.name_space},
                  {"labels", labels},
                  {"creationTimestamp", "2026-01-31T11:00:00Z"}}},
                {"spec", {{"containers", {gpu_container(state.gpus)}}}},
                {"status", {{"phase", state.phase}}}};
    if (!state.node.empty()) {
        object["spec"]["nodeName"] = state.node;
        object["status"]["startTime"] = "2026-01-31T11:30:00Z";
    }
    return object;
}

Json gpu_node(const std::string& name, const std::string& gpus, bool ready = true) {
    return {{"metadata", {{"name", name}, {"labels", {{"nvidia.com/gpu.product", "A100"}}}}},
            {"status",
             {{"allocatable", {{"cpu", "64"}, {"nvidia.com/gpu", gpus}}},
              {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "Unknown"}}}}}}};
}

struct TopTest : testing::Test {
    FakeCluster fake;
    TopTest() {
        fake.api.put(
            k8s::pods,
            gpu_pod({.name = "exp-a", .experiment = "mnist-4", .node = "n1", .gpus = "4"}));
        fake.api.put(
            k8s::pods,
            gpu_pod({.name = "exp-b", .experiment = "mnist-5", .phase = "Pending", .gpus = "8"}));
        fake.api.put(k8s::pods, gpu_pod({.name = "jupyter", .name_space = "speech", .node = "n2"}));
        fake.api.put(
            k8s::pods,
            gpu_pod({.name = "over", .experiment = "mnist-1", .node = "n2", .phase = "Succeeded"}));
        fake.api.put(k8s::pods,
                     gpu_pod({.name = "cpu", .experiment = "mnist-2", .node = "n2", .gpus = "0"}));
        fake.api.put(k8s::nodes, gpu_node("n1", "8"));
        fake.api.put(k8s::nodes, gpu_node("n2", "8"));
        fake.api.put(k8s::nodes, gpu_node("n3", "8", false));
        fake.api.put(k8s::nodes, gpu_node("n4", "0"));
    }
    std::string shown(std::vector<std::string> words = {}) {
        words.insert(words.begin(), "top");
        const auto code = fake.run(words);
        return code ? fake.out.str() : "error: " + code.error().message;
    }
};

TEST_F(TopTest, SaysWhoHoldsWhatAndWhatIsFree) {
    EXPECT_EQ(shown(), "NAMESPACE   EXPERIMENT      ATTEMPT   GPUS   NODE        SINCE\n"
                       "vision      mnist-4         3/2       4      n1          30m\n"
                       "speech      (pod jupyter)             1      n2          30m\n"
                       "vision      mnist-5         3/2       8      (waiting)   60m\n"
                       "\n"
                       "NODE   PRODUCT   GPUS   HELD   FREE   STATE\n"
                       "n1     A100      8      4      4      ready\n"
                       "n2     A100      8      1      7      ready\n"
                       "n3     A100      8      0      0      takes no pods\n");
    EXPECT_EQ(fake.err.str(), "5 of 24 GPUs are held, 11 free, 8 waited for\n");
}

// What has ended is not asked for: there may be thousands.
TEST_F(TopTest, AsksForPodsThatHaveNotEnded) {
    shown();
    ASSERT_EQ(fake.api.list_options.size(), 2U);
    EXPECT_EQ(fake.api.list_options[0].field_selector,
              "status.phase!=Succeeded,status.phase!=Failed");
}

// Elsewhere a right that is missing ends the command.
TEST_F(TopTest, WithoutTheRightToListNodesTheHoldersAreShown) {
    fake.api.forbidden_lists = {"nodes"};
    EXPECT_THAT(shown(), HasSubstr("mnist-4"));
    EXPECT_THAT(fake.out.str(), Not(HasSubstr("PRODUCT")));
    EXPECT_EQ(fake.err.str(), "5 GPUs are held, 8 waited for\n"
                              "you may not list nodes: how many GPUs there are is not known\n");
    const Json document = [&] {
        fake.out.str("");
        return expect_schema(shown({"-o", "json"}));
    }();
    EXPECT_TRUE(document["nodes"].is_null());
}

TEST_F(TopTest, WithoutTheRightToSeeOthersPodsNobodySaysWhatIsFree) {
    fake.api.forbidden_lists = {"pods of all"};
    EXPECT_THAT(shown(), HasSubstr("n1     A100      8      ?      ?      ready\n"));
    EXPECT_THAT(fake.out.str(), Not(HasSubstr("jupyter")));
    EXPECT_EQ(fake.err.str(), "4 GPUs are held, 8 waited for\n"
                              "you may not list the pods of all namespaces: those of vision are "
                              "shown, and what is free is not known\n");
    fake.out.str("");
    const Json document = expect_schema(shown({"-o", "json"}));
    EXPECT_TRUE(document["nodes"][0]["free"].is_null());
    EXPECT_EQ(document["everywhere"], false);
}

TEST_F(TopTest, WithoutTheRightToListPodsItFails) {
    fake.api.forbidden_lists = {"pods of all", "pods"};
    const auto code = fake.run({"top"});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().code, ErrorCode::Forbidden);
}

TEST_F(TopTest, PrintsADocument) {
    const Json document = expect_schema(shown({"-o", "json"}));
    EXPECT_EQ(document["items"][0], (Json{{"namespace", "vision"},
                                          {"experiment", "mnist-4"},
                                          {"trial", "3"},
                                          {"attempt", "2"},
                                          {"pod", "exp-a"},
                                          {"node", "n1"},
                                          {"resource", "nvidia.com/gpu"},
                                          {"gpus", 4},
                                          {"since", "2026-01-31T11:30:00.000000Z"}}));
    EXPECT_TRUE(document["items"][2]["node"].is_null());
    EXPECT_EQ(document["nodes"][0]["free"], 4);
}

TEST_F(TopTest, AnEmptyClusterIsSaid) {
    fake.api.objects.clear();
    EXPECT_EQ(shown(), "");
    EXPECT_EQ(fake.err.str(), "0 of 0 GPUs are held, 0 free, 0 waited for\n");
}

TEST(GpuUsage, KnowsTheResourcesThatAreGpus) {
    for (const char* name : {"nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb",
                             "amd.com/gpu", "gpu.intel.com/i915"}) {
        EXPECT_TRUE(is_gpu(name)) << name;
    }
    for (const char* name : {"cpu", "memory", "gpu", "nvidia.com/hostdev", "rdma/hca"}) {
        EXPECT_FALSE(is_gpu(name)) << name;
    }
}

TEST(GpuUsage, APodTakesWhatItsContainersAskForTogether) {
    const std::string gpu = "nvidia.com/gpu";
    Json sidecar = gpu_container("1");
    sidecar["restartPolicy"] = "Always";
    const auto count = [&](const Json& containers, const Json& first) {
        return gpus_of({{"spec", {{"containers", containers}, {"initContainers", first}}}}, gpu);
    };
    EXPECT_EQ(count({gpu_container("2"), gpu_container("1")}, Json::array()), 3);
    EXPECT_EQ(count(Json::array({gpu_container("2")}), Json::array({gpu_container("4")})),
              4); // before the others, alone
    EXPECT_EQ(count(Json::array({gpu_container("2")}), Json::array({sidecar})), 3); // beside them
    EXPECT_EQ(count(Json::array({gpu_container("2")}), {sidecar, gpu_container("4")}), 5);
    EXPECT_EQ(count(Json::array({gpu_container("two")}), Json()), 0);
    EXPECT_EQ(gpus_of(Json(), gpu), 0);
    EXPECT_EQ(gpus_of({{"spec", {{"containers", 7}}}}, gpu), 0);
}

TEST(GpuUsage, ANodeThatHoldsMoreThanItHasHasNothingFree) {
    EXPECT_EQ((GpuNode{.allocatable = 2, .held = 3}.free()), 0);
    EXPECT_EQ((GpuNode{.allocatable = 3, .held = 2}.free()), 1);
    EXPECT_EQ((GpuNode{.allocatable = 3, .held = 2, .takes_pods = false}.free()), 0);
}

} // namespace
} // namespace pedigree::cli
